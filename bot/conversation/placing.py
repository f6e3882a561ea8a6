"""The answer to "which city": typed, chosen among places of one name, or sent from the map.

A sure place is kept by its id; a doubtful one is asked about; what nobody knows is kept as it was typed.
"""

from typing import Final

from bot.catalogue import Ask, Target
from bot.conversation.answering import Unfit
from bot.conversation.prepared import PLACE_ANSWERS
from bot.conversation.talk import Talk
from bot.conversation.waiting import offer
from bot.conversation.walking import give

#: Letters of a name that is kept as typed.
_LONGEST: Final = 60
#: A longer text is a question first, and a place only where it is none.
_NAME_WORDS: Final = 4
#: Questions back, before a name is taken as it stands.
_MOST: Final = 2


def waits_for_place(talk: Talk) -> Ask | None:
    node = talk.waiting
    return node if isinstance(node, Ask) and node.answer in PLACE_ANSWERS else None


def take_place(talk: Talk, node: Ask, text: str) -> Unfit | None:
    """None when the text was taken, or is being asked about."""
    found = talk.prepared.gazetteer.find(text, country=talk.profile.get("country", ""))
    if found.place is not None:
        give(talk, node, found.place.id)
        return None
    if len(text.split()) <= _NAME_WORDS and _ask_which(talk, node, text):
        return None
    return Unfit("bad-city")


def miss_place(talk: Talk, node: Ask, text: str) -> bool:
    """The text is nothing else either: asked about, asked again more exactly, then kept as it was typed."""
    if _ask_which(talk, node, text):
        return True
    if talk.misses == 0:
        ask_exactly(talk, node)
        return True
    fits = len(text) <= _LONGEST and "\n" not in text and any(letter.isalpha() for letter in text)
    if fits:
        give(talk, node, text)
    return fits


def ask_exactly(talk: Talk, node: Ask) -> None:
    """The city and its region: in the words of the flow, else our own."""
    talk.misses = max(talk.misses, 1)
    if node.retry is not None:
        talk.text(node.retry)
        talk.said.append(f"{talk.top.flow}.{talk.top.node}.retry")
    else:
        talk.phrase("bad-city")
    offer(talk, node)


def take_location(talk: Talk, node: Ask, latitude: float | None, longitude: float | None) -> None:
    """Coordinates end here: the city that is nearest is all that stays (THREATS T27)."""
    gazetteer = talk.prepared.gazetteer
    place = None if latitude is None or longitude is None else gazetteer.nearest(latitude, longitude)
    if place is None:
        ask_exactly(talk, node)
        return
    talk.phrase("location-thanks", {"place": gazetteer.label(place, talk.language)})
    give(talk, node, place.id)


def _ask_which(talk: Talk, node: Ask, text: str) -> bool:
    """Up to four places that may be meant, each with its region."""
    gazetteer = talk.prepared.gazetteer
    choices = gazetteer.find(text, country=talk.profile.get("country", "")).choices
    if not choices or talk.misses >= _MOST:
        return False
    talk.misses += 1
    talk.phrase("which-place")
    for place in choices:
        label = gazetteer.label(place, talk.language)
        talk.page.choices.append(talk.choice(Target(kind="place", id=place.id), label))
    talk.page.choices.append(talk.button("none-of-these", "none-of-these-button"))
    offer(talk, node)
    return True
