"""THREATS T58, T64 with the real content: whatever is typed, an event is quick."""

import importlib
import pkgutil
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product

import pytest

import bot
from bot.catalogue import Catalogue
from bot.catalogue.expressions import ExpressionError, evaluate, parse
from tests.catalogue.test_expressions import _PIECES, Scope
from tests.conversation.chat import Chat

MOST = 4096
HOSTILE = {
    "arabic ligature": "\ufdfa" * 1_000_000,
    "combining": "a" + "\u0301" * 500_000,
    "zalgo": "".join(f"z{''.join(map(chr, range(0x300, 0x340)))}" for _ in range(2_000)),
    "bidi": "\u202e\u2066a" * 100_000,
    "zero width": "\u200b\u200d" * 300_000,
    "one letter": "a" * 1_000_000,
    "one word in two alphabets": "aа" * 300_000,
    "blanks": " " * 1_000_000,
    "blanks and a letter": " " * 4_095 + "x",
    "line ends": "\n" * 500_000,
    "digits": "1" * 500_000,
    "digits and dots": "1." * 300_000,
    "digits and blanks": "1 " * 300_000,
    "dates": "05.03.26 " * 100_000,
    "commas": "1," * 300_000,
    "slashes": "/" * 500_000,
    "command": "/" + "a" * 500_000,
    "start": "/start " + " " * 500_000,
    "apostrophes": "o'ʻʼ‘’`" * 100_000,
    "letters and apostrophes": "gʻ" * 300_000,
    "danger again and again": "меня бьют " * 50_000,
    "almost danger": "меня бью " * 50_000,
    "hyphens": "a-" * 300_000,
    "quotes": '«»"' * 200_000,
    "braces": "{" * 500_000,
    "markup": "*_~`[](" * 80_000,
    "emoji": "👩‍👩‍👧‍👦" * 50_000,
    "flags": "🇺🇿" * 100_000,
    "private": "\ue000" * 500_000,
    "lone surrogates": "\ud800" * 300_000,
    "nul": "\0" * 500_000,
    "soft hyphens": "па\u00adтент" * 80_000,
    "fullwidth": "１２３" * 200_000,
    "upper case that grows": "ß" * 500_000 + "İ" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_event_takes_at_most_20_ms(catalogue: Catalogue, text: str) -> None:
    for flow in ("menu", "patent"):
        best = 1.0
        for _ in range(3):
            chat = Chat(catalogue, language="uz", citizenship="UZ", country="RU").opens(flow)
            began = time.process_time()
            chat.says(text)
            best = min(best, time.process_time() - began)
        assert best < 0.02, f"{best * 1000:.1f} ms"


#: Where a person's text goes; editors' files have tests of their own in tests/catalogue.
READERS = ("bot.text", "bot.answers", "bot.conversation", "bot.channels", "bot.delivery", "bot.web")
#: They read editors' and translators' files.
NO_READERS = {"bot.conversation.transcripts", "bot.text.uzbek"}
#: Used with ``match`` at one place only, never to search.
ANCHORED = {r"\s*([^\W\d_]+)"}


def patterns() -> list[re.Pattern[str]]:
    """Every pattern that these packages compile when they are imported."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name.startswith(READERS):
            importlib.import_module(module.name)
    found: set[re.Pattern[str]] = set()
    for name, loaded in tuple(sys.modules.items()):
        if name.startswith(READERS) and name not in NO_READERS:
            found |= {one for home in vars(loaded).values() for one in _inside(home)}
    return sorted(found, key=lambda one: one.pattern)


def _inside(home: object) -> Iterator[re.Pattern[str]]:
    if isinstance(home, re.Pattern) and isinstance(home.pattern, str):
        yield home
    elif isinstance(home, tuple | list | frozenset):
        for one in home:
            yield from _inside(one)
    elif isinstance(home, dict):
        for one in home.values():
            yield from _inside(one)


def worst() -> Iterator[str]:
    for text in HOSTILE.values():
        yield text[:MOST]
        yield text[: MOST - 1] + "!"
        yield "x" + text[: MOST - 2] + "\n"


def test_no_pattern_takes_more_than_5_ms_on_its_worst_4096_characters() -> None:
    texts = list(worst())
    compiled = patterns()
    assert len(compiled) > 20
    for pattern in compiled:
        ways = (pattern.match, pattern.fullmatch) + (() if pattern.pattern in ANCHORED else (pattern.search,))
        for text, way in product(texts, ways):
            best = min(_seconds(way, text) for _ in range(2))
            assert best < 0.005, (pattern.pattern, way, text[:20])


def _seconds(way: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    way(text)
    return time.process_time() - began


def test_a_hundred_thousand_expressions_give_a_value_or_our_own_error_within_5_ms() -> None:
    chance = random.Random(64)
    pieces = _PIECES.split()
    scope = Scope(answers_entered="2026-01-01", answers_papers=["a"], answers_name="x", answers_big=10**400)
    read = 0
    for _ in range(100_000):
        text = " ".join(chance.choices(pieces, k=chance.randint(1, 12)))
        began = time.thread_time()
        try:
            expression = parse(text)
        except ExpressionError:
            continue
        evaluate(expression, scope)
        assert time.thread_time() - began < 0.005
        read += 1
    assert read > 1_000
