"""The console's pages hold no markup that a text could become (THREATS T46, T63)."""

import re
from importlib.resources import files
from typing import get_args

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.values import Topic
from bot.conversation.tickets import Happened
from bot.delivery.broadcasts.model import Kind, Repeat, Urgency
from bot.delivery.failures import FAILURES
from bot.staff import ROLES
from bot.store.broadcast_protocol import BroadcastState
from bot.text import LANGUAGES
from bot.web.console import alert_words, words
from bot.web.console.pages import Drawing
from tests.web.serving import catalogue

TEMPLATES = {
    entry.name: entry.read_text(encoding="utf-8") for entry in (files("bot.web") / "templates" / "console").iterdir()
}
SCRIPT = (files("bot.web") / "static" / "console.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_trusts_a_text(name: str) -> None:
    source = TEMPLATES[name]
    assert not re.search(r"\|\s*safe|autoescape|Markup|\bjavascript:|\son\w+=|<style|style=", source)
    assert not re.findall(r"<script(?! src=\"\{\{ assets)", source)
    assert not re.findall(r"https?://", source)
    for attribute in re.findall(r"=(?!\")\{\{", source):
        pytest.fail(f"an attribute without quotes: {attribute}")


def test_what_comes_from_outside_is_escaped() -> None:
    page = Drawing({"icon.svg": "", "console.css": "", "console.js": ""}).page(
        "message.html", text="<script>alert(1)</script>", rights=()
    )
    assert b"<script>alert" not in page.body
    assert b"&lt;script&gt;alert(1)" in page.body


def test_directions_of_peoples_words_stay_in_their_place() -> None:
    for name, source in TEMPLATES.items():
        for value in re.findall(
            r"(<bdi>)?\{\{ (line\.text|line\.staff|row\.place|row\.summary\.safe_hours) \}\}", source
        ):
            assert value[0] == "<bdi>", (name, value[1])


def test_the_script_makes_no_markup_of_texts() -> None:
    assert not re.search(r"innerHTML\s*=|insertAdjacentHTML|outerHTML|document\.write|\beval\b|new Function", SCRIPT)
    assert not re.search(r"localStorage|sessionStorage|indexedDB", SCRIPT)


def test_every_word_has_its_russian() -> None:
    whole: Catalogue = catalogue()
    needs = frozenset().union(*(one.needs for one in whole.organisations.values()))
    assert needs <= set(words.NEEDS)
    assert set(words.ROLES) == set(ROLES)
    assert {one.tag for one in LANGUAGES.values()} <= set(words.LANGUAGES)
    assert set(words.HAPPENED) == set(get_args(Happened))


def test_every_word_of_an_alert_has_its_russian() -> None:
    for known, named in (
        (alert_words.STATES, get_args(BroadcastState)),
        (alert_words.URGENCIES, get_args(Urgency)),
        (alert_words.KINDS, get_args(Kind)),
        (alert_words.REPEATS, get_args(Repeat)),
        (alert_words.TOPICS, get_args(Topic)),
        (alert_words.LANGUAGES, LANGUAGES),
    ):
        assert set(known) == set(named)
    of_replies = {"not-editable", "not-deletable", "expired", "hidden"}
    ending = {code for code, failure in FAILURES.items() if failure.way not in ("again", "fine")}
    assert set(alert_words.FAILURES) == ending - of_replies
