"""Who takes which alert, and how one is shown: over the real content, in every language."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from bot.catalogue import PREVIEW, Catalogue, Target, beginnings
from bot.channels.whatsapp.layout import BODY_LIMIT
from bot.channels.whatsapp.render import BUTTON_TITLE, render
from bot.conversation import Shown, alert_reply, takes_alerts
from bot.text import LANGUAGES, format_date
from tests.web import serving

ALERT = Shown(
    texts={"ru": "Патент подорожает.\nОплатите сейчас.", "uz": "Patent qimmatlashadi.\nHozir toʻlang."},
    organisation="this-team",
    code="12345678",
    urgency="important",
    source_title="Закон № 1",
    source_url="https://example.org/law",
    source_checked=date(2026, 3, 30),
    ends=date(2026, 4, 30),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return serving.catalogue()


@pytest.mark.parametrize(
    ("profile", "takes"),
    [
        ({}, ""),
        ({"alerts": "none"}, ""),
        ({"alerts": "whatever"}, ""),
        ({"alerts": "life"}, "life"),
        ({"alerts": "important"}, "life important"),
        ({"alerts": "all"}, "life important news"),
        ({"alerts": "all", "alerts_without": "others this-team"}, ""),
        ({"alerts": "all", "alerts_without": "this"}, "life important news"),
        ({"alerts": "all", "follows": "work money"}, "life important news"),
        ({"alerts": "all", "follows": "health"}, "life"),
    ],
)
def test_nobody_gets_what_they_did_not_ask_for(profile: dict[str, str], takes: str) -> None:
    urgencies: Any = ("life", "important", "news")
    got = [one for one in urgencies if takes_alerts(profile, "this-team", one, ["documents", "work"])]
    assert " ".join(got) == takes


def test_an_alert_without_topics_goes_to_all() -> None:
    assert takes_alerts({"alerts": "all", "follows": "health"}, "this-team", "news", ())


# T19: what a locked screen shows


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("urgency", ["life", "important", "news"])
def test_a_locked_screen_shows_our_neutral_line_alone(catalogue: Catalogue, language: str, urgency: Any) -> None:
    pattern = beginnings(catalogue.words.preview)[language]
    for kind in ("alert", "correction", "withdrawal"):
        reply = alert_reply(replace(ALERT, urgency=urgency, kind=kind), language, catalogue)
        assert len(reply.text.split("\n")[0]) >= PREVIEW
        assert not [words for words in (reply.text[:PREVIEW], *(one.label for one in reply.choices))
                    if pattern.search(words)]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_who_sends_it_since_when_and_until_when_how_to_check_it_and_how_to_stop(
    catalogue: Catalogue, language: str
) -> None:
    reply = alert_reply(ALERT, language, catalogue)
    off, settings = reply.choices
    organisation = catalogue.organisations["this-team"].name.plain(language)
    shown = [organisation, "Закон № 1", "1234 5678", off.label, "stop" if language == "uz" else "стоп"]
    shown += [format_date(day, language) for day in (ALERT.source_checked, ALERT.ends)]
    assert [words for words in shown if words not in reply.text] == []
    assert reply.language == language
    assert (off.id, settings.id) == (
        Target(kind="alerts-off", id="this-team").token,
        Target(kind="command", id="alerts").token,
    )
    assert all(len(one.label) <= BUTTON_TITLE and len(one.id) <= 16 for one in reply.choices)
    (link,) = reply.links
    assert link.url == "https://example.org/law"


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_whatsapp_it_is_one_message_with_its_buttons_and_the_link_in_its_line(
    catalogue: Catalogue, language: str
) -> None:
    (request,) = render(alert_reply(ALERT, language, catalogue), "79990000000", dict.fromkeys(LANGUAGES, "x"))
    body = request.params["interactive"]["body"]["text"]
    assert len(body) <= BODY_LIMIT
    assert next(line for line in body.split("\n") if "https://example.org/law" in line).startswith("— Закон № 1")
    assert len(request.params["interactive"]["action"]["buttons"]) == 2


@pytest.mark.parametrize(
    ("language", "text", "is_told"),
    [
        ("ru", "Оплатите сейчас.", False),
        ("uz", "Hozir toʻlang.", False),
        ("uz_Cyrl", "Ҳозир тўланг.", False),
        ("tg", "Оплатите сейчас.", True),
        ("ky", "Оплатите сейчас.", True),
    ],
)
def test_whose_language_it_is_not_in_reads_another_and_is_told(
    catalogue: Catalogue, language: str, text: str, is_told: bool
) -> None:
    reply = alert_reply(ALERT, language, catalogue)
    assert text in reply.text
    assert (catalogue.phrases["missing-note"].plain(language) in reply.text) is is_told


def test_a_text_in_one_language_alone_still_reaches_everybody(catalogue: Catalogue) -> None:
    only = replace(ALERT, texts={"tg": "Патент гарон мешавад."})
    assert all("гарон" in alert_reply(only, language, catalogue).text for language in LANGUAGES)


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_a_correction_says_what_it_is_above_the_text(catalogue: Catalogue, kind: Any) -> None:
    text = alert_reply(replace(ALERT, kind=kind), "ru", catalogue).text
    said = catalogue.phrases[f"alert-{kind}"].plain("ru")
    assert text.index(said) < text.index("Патент")
    assert said not in alert_reply(ALERT, "ru", catalogue).text


def test_a_sender_that_is_gone_from_the_content_is_named_by_its_id(catalogue: Catalogue) -> None:
    assert "gone-team" in alert_reply(replace(ALERT, organisation="gone-team"), "ru", catalogue).text


def test_what_stands_for_it_beyond_the_window_names_the_text_in_danger_to_life_alone(catalogue: Catalogue) -> None:
    reply = alert_reply(ALERT, "ru", catalogue)
    assert reply.template == "alert"
    assert reply.parameters["organisation"] == "Команда этого бота"
    assert reply.parameters["text"] == f"Верно до {format_date(ALERT.ends, 'ru')} включительно."
    urgent = alert_reply(replace(ALERT, urgency="life"), "ru", catalogue)
    assert urgent.parameters["text"] == "Патент подорожает. Оплатите сейчас."
    assert reply.payloads == (ALERT.token, reply.choices[0].id)
