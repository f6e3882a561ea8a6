"""The nearest help: the best point as a card, the others as choices."""

from typing import Final

from bot.catalogue import HelpPoint, Show, Target
from bot.conversation.articles import say_who_can_see
from bot.conversation.model import Card, Choice, Count, Pin
from bot.conversation.talk import Talk
from bot.conversation.telling import tell
from bot.places import HIDDEN, Place, Wanted, card, described, nearest

#: THREATS T60: nobody walks through the directory.
MOST_LOOKS: Final = 20
_HOUR_SECONDS: Final = 60 * 60
#: Before cards for these is said who can see the chat (T18).
_SENSITIVE: Final = HIDDEN | {"hiv", "detention"}
#: Channels that show a card which the phone can keep.
_ADDRESS_BOOKS: Final = frozenset({"telegram", "whatsapp"})
#: What holds the person's place where no node says so.
_WHERE: Final = ("answers.where", "profile.city")


def show_help(talk: Talk, node: Show) -> None:
    """What serves the need best, from where the person is."""
    talk.plain = False
    need = _told(talk, node.id) if "." in node.id else node.id
    place = _place(talk, node.place)
    if not _may_look(talk):
        return
    talk.effects.append(Count(f"help:{need}"))
    catalogue, wanted = talk.prepared.catalogue, _wanted(talk, need, place)
    result = nearest(talk.prepared.directory, wanted, talk.now, catalogue.calendars, talk.unanswered)
    if not result.found:
        talk.phrase("help-none")
        return
    say_who_can_see(talk, need in _SENSITIVE)
    if place is not None and not result.near:
        talk.phrase("help-far")
    talk.said.append(f"help:{need}")
    best, *others = result.found
    talk.points = [found.point.key for found in result.found]
    tell(talk, card(best, need, wanted.country, catalogue.asking, talk.now), need, place)
    talk.page.choices += [_choice(talk, other.point, need) for other in others]


def show_point(talk: Talk, point: HelpPoint, need: str) -> None:
    """The card of one of the others; those that were offered beside it stay."""
    talk.plain = False
    if not _may_look(talk):
        return
    say_who_can_see(talk, need in _SENSITIVE)
    talk.said.append(f"point:{point.key}")
    talk.points = [point.key, *talk.session.points]
    catalogue = talk.prepared.catalogue
    place = next(filter(None, (_place(talk, where) for where in _WHERE)), None)
    wanted = _wanted(talk, need, place)
    found = described(talk.prepared.directory, point, wanted, talk.now, catalogue.calendars)
    tell(talk, card(found, need, wanted.country, catalogue.asking, talk.now), need, place)
    if talk.channel in _ADDRESS_BOOKS and point.phones and need not in _SENSITIVE:
        talk.page.extra.append(talk.choice(Target(kind="save", id=point.key), talk.words("save-number-button")))
    for token in talk.session.offered:
        other = talk.prepared.target(token)
        if other is not None and other.kind == "point" and other.id != point.key and other.id in catalogue.points:
            talk.page.extra.append(_choice(talk, catalogue.points[other.id], other.option))


def show_number(talk: Talk, point: HelpPoint) -> bool:
    """A card for the phone's address book, when it was asked for: who holds the phone finds it there."""
    talk.rest()
    talk.phrase("number-card")
    name = talk.label(point.name)
    talk.page.card = Card(name=name, phones=point.phones)
    place = point.coordinates
    if place is not None and place.precision == "address" and point.public_address:
        talk.page.pin = Pin(latitude=place.lat, longitude=place.lon, title=name, address=point.address or "")
    talk.page.foot.append(talk.button("menu", "menu-button"))
    return True


def _choice(talk: Talk, point: HelpPoint, need: str) -> Choice:
    return talk.choice(Target(kind="point", id=point.key, option=need), talk.label(point.name))


def _may_look(talk: Talk) -> bool:
    """Counts this look; False and a sentence when there were too many within an hour."""
    recent = tuple(second for second in talk.looks if talk.seconds - second < _HOUR_SECONDS)
    if len(recent) >= MOST_LOOKS:
        talk.phrase("help-too-often")
        return False
    talk.looks = (*recent, talk.seconds)
    return True


def _told(talk: Talk, name: str) -> str:
    """What ``profile.x`` or ``answers.x`` holds, "" when it is no text."""
    owner, _, field = name.partition(".")
    value = talk.lookup("profile" if owner == "profile" else "answers", field, "") if field else ""
    return value if isinstance(value, str) else ""


def _place(talk: Talk, name: str) -> Place | None:
    """What was told: the id of a place, or a name that was kept as it was typed."""
    told, gazetteer = _told(talk, name), talk.prepared.gazetteer
    return (
        (gazetteer.get(told) or gazetteer.find(told, country=talk.profile.get("country", "")).place) if told else None
    )


def _wanted(talk: Talk, need: str, place: Place | None) -> Wanted:
    """Who is before the trip or back from it is at home."""
    profile = talk.profile
    citizenship = profile.get("citizenship", "")
    at_home = citizenship if profile.get("stage") in {"before", "back"} else ""
    return Wanted(
        need=need,
        citizenship=citizenship,
        language=talk.language,
        country=place.country if place else profile.get("country", "") or at_home,
        region=place.region if place else "",
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
    )
