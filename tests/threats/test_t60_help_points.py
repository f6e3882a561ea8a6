"""THREATS T25, T27, T60: no card gives away who fled, no place is kept, nobody walks through the directory."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

from bot.catalogue import Catalogue, HelpPoint, Target
from bot.conversation import Reply, pack
from bot.text import LANGUAGES
from tests.conversation.chat import Chat

NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
HIDDEN: Final = ("trafficking", "violence")
#: The body of an interactive message of WhatsApp.
LONGEST: Final = 1024
OFFENCES: Final = ("Мемориал", "Memorial", "Гражданское содействие", "refugee.ru")
#: A place in Novosibirsk that stands in no file.
MARKED: Final = (55.0417291, 82.9346183)
#: The same, however it might be written: rounded, too.
MARKS: Final = ("55.0417", "82.9346", "55.042", "82.935", "55,0417", "82,9346")
CITIES: Final = ("Москва", "Новосибирск", "Краснодар", "Шымкент", "Алматы", "Бишкек", "")


def cards(catalogue: Catalogue) -> Iterator[tuple[HelpPoint, str, Reply]]:
    """Of every point, for every need it has or hides for, in five variants: to a person in the point's country."""
    for point, language in product(catalogue.points.values(), LANGUAGES):
        citizenship = min(point.citizenships)
        for need in {*point.needs, *HIDDEN}:
            chat = Chat(catalogue, now=NOW, language=language, citizenship=citizenship, country=point.country)
            chat.sends("choice", choice=Target(kind="point", id=point.key, option=need).token)
            yield point, need, chat.reply


def size(reply: Reply) -> int:
    return len(reply.text) + sum(len(f"\n{link.label}: {link.url}") for link in reply.links)


def test_every_card_fits_and_keeps_its_secrets(catalogue: Catalogue) -> None:
    longest = 0
    for point, need, reply in cards(catalogue):
        who = f"{point.key} {need} {reply.language}"
        longest = max(longest, size(reply))
        assert size(reply) <= LONGEST, f"{who}: {size(reply)}"
        hides = need in HIDDEN or bool({*HIDDEN, "shelter"} & {*point.needs, point.kind})
        if point.address and hides and not point.public_address:
            assert point.address not in reply.text, who
        if need in HIDDEN or not point.public_address:
            assert reply.pin is None, who
        if reply.pin is not None:
            assert point.coordinates is not None
            assert point.coordinates.precision == "address", who
            assert (reply.pin.latitude, reply.pin.longitude) == (point.coordinates.lat, point.coordinates.lon)
        assert all(re.match(r"https://", link.url) for link in reply.links), who
        assert not any(name in reply.text for name in OFFENCES), who
    assert longest > LONGEST // 2


def test_every_card_can_be_acted_on(catalogue: Catalogue) -> None:
    """A number that can be dialled stands on each, or on none because nothing sure exists in that country."""
    for point, need, reply in cards(catalogue):
        numbers = [phone for other in catalogue.points.values() for phone in other.phones]
        assert any(re.search(rf"(?<!\d){re.escape(number)}(?!\d)", reply.text) for number in numbers), (point.key, need)


def test_the_nearest_help_fits_in_one_message_with_at_most_five(catalogue: Catalogue) -> None:
    needs = sorted({need for point in catalogue.points.values() for need in point.needs} | {"violence"})
    for (city, need), (citizenship, language) in product(
        product(CITIES, needs), (("UZ", "uz"), ("UZ", "uz_Cyrl"), ("TJ", "tg"), ("KG", "ky"), ("KG", "ru"))
    ):
        profile = {"citizenship": citizenship, "language": language, "country": "RU"} | ({"city": city} if city else {})
        chat = Chat(catalogue, now=NOW, **profile)
        chat.sends("choice", choice=Target(kind="help", id=need).token)
        if not city:
            chat.sends("choice", choice=Target(kind="command", id="skip").token)
        who = f"{city} {need} {language}"
        assert chat.turn.said[-1] == "help.after", who
        assert len(chat.turn.replies) == 1, who
        assert size(chat.reply) <= LONGEST, f"{who}: {size(chat.reply)}"
        tokens = {Target(kind="point", id=key, option=need).token for key in catalogue.points}
        assert sum(choice.id in tokens for choice in chat.reply.choices) <= 4, who


def test_a_shared_place_leads_to_help_and_is_kept_nowhere(catalogue: Catalogue) -> None:
    chat = Chat(catalogue, now=NOW, language="ru", citizenship="UZ", country="RU")
    chat.sends("choice", choice=Target(kind="help", id="documents").token)
    assert chat.reply.asks_location
    chat.sends("location", latitude=MARKED[0], longitude=MARKED[1])

    assert "Новосибирске" in chat.text
    assert "2 км" not in repr(chat.session)
    left = repr(chat.turn) + repr(pack(chat.session)) + "".join(map(repr, chat.turn.replies))
    assert [mark for mark in MARKS if mark in left] == []
    chat.sends("choice", choice=Target(kind="point", id="uz-embassy-moscow", option="documents").token)
    assert [mark for mark in MARKS if mark in repr(chat.turn) + repr(pack(chat.session))] == []


def test_who_looks_twenty_times_within_an_hour_waits(catalogue: Catalogue) -> None:
    chat = Chat(catalogue, now=NOW, language="ru", citizenship="UZ", country="RU")
    points = [point.key for point in catalogue.points.values()][:21]
    for number, key in enumerate(points, 1):
        chat.waits(minutes=1).sends("choice", choice=Target(kind="point", id=key, option="documents").token)
        assert (f"point:{key}" in chat.turn.said) == (number <= 20), number
    assert "phrase:help-too-often" in chat.turn.said
    assert chat.says("опасность").stands == "emergency.what"

    chat.now += timedelta(hours=1)
    chat.sends("choice", choice=Target(kind="point", id=points[0], option="documents").token)
    assert f"point:{points[0]}" in chat.turn.said


def test_the_police_are_named_last_and_with_a_warning(catalogue: Catalogue) -> None:
    chat = Chat(catalogue, now=NOW, language="ru", citizenship="TJ", country="RU", city="Москва")
    chat.sends("choice", choice=Target(kind="help", id="trafficking").token)
    assert chat.labels[:4].index("Полиция (Россия)") == 1 + chat.labels[:4].index("Посольство Таджикистана в Москве")

    chat.taps("Полиция (Россия)")
    assert "могут проверить документы" in chat.text


def test_no_point_that_is_marked_closed_or_unsure_of_itself_is_in_the_catalogue(catalogue: Catalogue) -> None:
    """Ranking knows only what the catalogue holds."""
    assert {"ru-memorial-warning", "ru-civic-assistance", "ru-spid-center-spb", "tj-ichrp"}.isdisjoint(catalogue.points)
