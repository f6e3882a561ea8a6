"""Everything that the bot can say, on WhatsApp: within the limits, every choice in reach, in as few messages as can be.

All transcripts and both views of every article, in every language; each request is held against the specification.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

import msgspec
import pytest

from bot.catalogue import Catalogue, Target
from bot.channels.whatsapp.render import render
from bot.conversation import Event, Session, Turn, turn
from bot.text import LANGUAGES
from tests.channels.whatsapp.test_render import CHOOSE, body_of, tappable
from tests.channels.whatsapp.webhooks import PERSON
from tests.fakes.graphspec import problem
from tests.threats.talking import played, transcripts
from tests.web import serving

#: Of the turns of all talks and of the long views of articles, so many are one message: what is more costs more.
LEAST_SHARE_OF_TALKS = 0.999
LEAST_SHARE_OF_ARTICLES = 0.98
MORNING = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)

#: One worker does all of a language: what is said in it is gathered once.
EACH = pytest.mark.parametrize(
    "language", [pytest.param(code, marks=pytest.mark.xdist_group(f"said-{code}")) for code in LANGUAGES]
)


class Spoken(msgspec.Struct, frozen=True):
    """A turn, the session before it, and the requests that show it."""

    before: Session
    turn: Turn
    requests: list[dict[str, Any]]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return serving.catalogue()


def shown(before: Session, event: Event, catalogue: Catalogue, now: datetime) -> Spoken:
    taken = turn(before, event, catalogue, now, "whatsapp")
    requests = [request for reply in taken.replies for request in render(reply, PERSON, CHOOSE)]
    return Spoken(before, taken, [dict(request.params) for request in requests])


def talks(catalogue: Catalogue, language: str) -> Iterator[Spoken]:
    for transcript in transcripts():
        if language not in transcript.languages:
            continue
        session, now = Session(), datetime.combine(transcript.today, MORNING.timetz())
        for event in played(transcript, catalogue, language):
            now += timedelta(seconds=10)
            spoken = shown(session, event, catalogue, now)
            session = spoken.turn.session
            yield spoken


def articles(catalogue: Catalogue, language: str) -> Iterator[Spoken]:
    """Both views, as everybody sees them for whom the article is."""
    for article in catalogue.articles.values():
        for citizenship, country in product(sorted(article.citizenships), sorted(article.countries)):
            profile = {"language": language, "citizenship": citizenship, "country": country}
            session = Session(profile=profile, told=True, last=int(MORNING.timestamp()))
            for view in (article.token, Target(kind="details", id=article.id).token):
                yield shown(session, Event(kind="choice", choice=view), catalogue, MORNING)


@cache
def said(language: str) -> tuple[list[Spoken], list[Spoken]]:
    catalogue = serving.catalogue()
    return list(talks(catalogue, language)), list(articles(catalogue, language))


@EACH
def test_every_request_is_one_that_whatsapp_takes(language: str) -> None:
    for spoken in (one for several in said(language) for one in several):
        assert [problem(params) for params in spoken.requests] == [None] * len(spoken.requests), spoken.turn.said
        assert bool(spoken.requests) == bool(spoken.turn.replies)


@EACH
def test_every_choice_can_be_tapped_or_stands_with_its_number(language: str) -> None:
    for spoken in (one for several in said(language) for one in several if one.turn.replies):
        last = spoken.requests[-1]
        for number, choice in enumerate(spoken.turn.replies[-1].choices, 1):
            assert choice.id in tappable(last) or f"{number}. {choice.label}" in body_of(last), spoken.turn.said


@EACH
def test_a_number_that_stands_in_the_text_takes_the_choice_beside_it(catalogue: Catalogue, language: str) -> None:
    talked, _ = said(language)
    numbered = [one for one in talked if one.turn.replies and one.turn.replies[-1].choices]
    for spoken in (one for one in numbered if one.requests[-1]["type"] == "text"):
        session = spoken.turn.session
        for number, choice in enumerate(spoken.turn.replies[-1].choices, 1):
            now = datetime.fromtimestamp(session.last + 10, UTC)
            typed = turn(session, Event(kind="text", text=str(number)), catalogue, now, "whatsapp")
            tapped = turn(session, Event(kind="choice", choice=choice.id), catalogue, now, "whatsapp")
            assert typed.said == tapped.said, (spoken.turn.said, number, choice.label)


@EACH
def test_a_turn_is_one_message_wherever_it_can_be(language: str) -> None:
    for several, least in zip(said(language), (LEAST_SHARE_OF_TALKS, LEAST_SHARE_OF_ARTICLES), strict=True):
        counts = [len(spoken.requests) for spoken in several if spoken.requests]
        assert counts.count(1) / len(counts) >= least
        assert max(counts) <= 2
