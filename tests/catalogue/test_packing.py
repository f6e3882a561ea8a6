"""A catalogue becomes bytes and comes back the same; other bytes give nothing."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.catalogue import Ask, Loaded, Say, load
from bot.catalogue.expressions import parse
from bot.catalogue.packing import Unpackable, pack, unpack


@pytest.fixture
def loaded(root: Path) -> Loaded:
    return load(root, as_of=date(2026, 11, 21))


def test_a_loaded_catalogue_comes_back_the_same(loaded: Loaded) -> None:
    assert loaded.catalogue is not None
    assert unpack(pack(loaded), Loaded) == loaded


def test_a_condition_comes_back_with_its_tree() -> None:
    """Two expressions are equal by their source alone."""
    before = parse('profile.country == "RU" and not (today + 3 days < answers.day or count(answers.x) > 1)')
    after = unpack(pack(before), type(before))
    assert (after.tree, after.names) == (before.tree, before.names)


def test_what_stands_in_several_places_is_one_object_again(loaded: Loaded) -> None:
    back = unpack(pack(loaded), Loaded)
    assert loaded.catalogue is not None
    assert back.catalogue is not None
    for catalogue in (loaded.catalogue, back.catalogue):
        menu = next(iter(catalogue.articles.values()))
        shown = [
            option.label
            for flow in catalogue.flows.values()
            for node in flow.nodes.values()
            if not isinstance(node, Say | Ask) and hasattr(node, "options")
            for option in node.options
            if option.target == f"article:{menu.id}"
        ]
        assert shown
        assert all(label is menu.title for label in shown)


PLAIN: list[Any] = [
    (1, -1, 2.5, True, False, None, "сло\0во", b"\xff\0"),
    {(1, "a"): [1, [2, (3,)]], "b": {}},
    frozenset({"a", "b"}),
    (date(2026, 11, 29), timedelta(days=-3, seconds=5, microseconds=7)),
]


@pytest.mark.parametrize("value", PLAIN, ids=range(len(PLAIN)))
def test_plain_values_come_back_with_their_types(value: Any) -> None:
    back = unpack(pack(value), object)
    assert (back, repr(type(back))) == (value, repr(type(value)))


@pytest.mark.parametrize(
    "value", [datetime(2026, 1, 1), object(), Path("x"), msgspec.Raw(b"x"), 1j], ids=lambda value: type(value).__name__
)
def test_what_no_catalogue_holds_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        pack((value,))


def packed(*parts: Any) -> bytes:
    return msgspec.msgpack.encode(parts)


WRONG = {
    "nothing": b"",
    "other bytes": b"\x80\x04cos\nsystem\n",
    "other shape": packed(1, 2),
    "a struct of others": packed(["bot.conversation.model.Session"], [], [9]),
    "no struct at all": packed(["os.system"], [], [9, "true"]),
    "a struct with a field too few": packed(["bot.catalogue.values.City"], [], [9, "Москва"]),
    "an unknown kind": packed([], [], [99, 1]),
    "a kind that is no number": packed([], [], ["2", 1]),
    "an object before it was made": packed([], [], [0, 0]),
    "a text that is not there": packed([], [], [1, 7]),
    "a day that never was": packed([], [], [6, 0]),
    "a mapping without a last value": packed([], [], [4, "key"]),
    "something else than was asked for": pack("a text"),
}


@pytest.mark.parametrize("raw", WRONG.values(), ids=WRONG)
def test_other_bytes_give_nothing(raw: bytes) -> None:
    with pytest.raises(Unpackable):
        unpack(raw, Loaded)
