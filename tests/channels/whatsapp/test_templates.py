from typing import Any

import pytest

from bot.channels.whatsapp import CODES, STAND_INS, TemplateForm, WhatsApp
from bot.conversation import Choice, Reply
from bot.text import LANGUAGES
from tests.channels.whatsapp.recorder import Recorder
from tests.channels.whatsapp.webhooks import PERSON, body, change
from tests.fakes.graphspec import problem
from tests.fakes.graphtemplates import LANGUAGES as METAS

FORMS = {
    "reminder": {
        "ru": TemplateForm("ru", 1),
        "uz": TemplateForm("uz", 1),
        "ky": TemplateForm("ky_KG", 1),
        "tg": TemplateForm("ru", 1),
    },
    "plain": {"ru": TemplateForm("ru")},
}
CHOICES = (Choice(id="aaaaaaaaaa", label="Подробнее"), Choice(id="bbbbbbbbbb", label="Меню"))


def sent(channel: WhatsApp, template: str, language: str) -> dict[str, Any] | None:
    """The template that stands for a reply, held against the specification."""
    reply = Reply(text="Напоминание", language=language, choices=CHOICES, template=template)
    requests = channel.render(reply, PERSON, {}, closed=True)
    assert [problem(request.params) for request in requests] == [None] * len(requests)
    return dict(requests[0].params["template"]) if requests else None


@pytest.fixture
def channel() -> WhatsApp:
    return WhatsApp(Recorder(), dict.fromkeys(LANGUAGES, "Выбрать"), FORMS)


def test_when_the_window_is_closed_a_template_stands_for_the_reply_with_its_first_choices(channel: WhatsApp) -> None:
    assert sent(channel, "reminder", "ky") == {
        "name": "reminder",
        "language": {"code": "ky_KG"},
        "components": [
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "aaaaaaaaaa"}],
            }
        ],
    }
    assert sent(channel, "plain", "ru") == {"name": "plain", "language": {"code": "ru"}}


@pytest.mark.parametrize(
    ("template", "language", "code"),
    [
        ("reminder", "uz_Cyrl", "uz"),
        ("reminder", "tg", "ru"),
        ("plain", "uz", "ru"),
        ("", "ru", None),
        ("x", "ru", None),
    ],
)
def test_the_nearest_language_is_taken_and_nothing_where_there_is_no_template(
    channel: WhatsApp, template: str, language: str, code: str | None
) -> None:
    found = sent(channel, template, language)
    assert (found and found["language"]["code"]) == code


def test_the_values_of_a_template_are_one_line_each_and_payloads_go_before_choices(channel: WhatsApp) -> None:
    channel.templates = {"alert": {"ru": TemplateForm("ru", 2, ("organisation", "text"))}}
    values = {"text": "Вода\n\nподнимается.     Уходите.", "organisation": "Друзья", "more": "?"}
    reply = Reply(text="…", language="ru", choices=CHOICES, template="alert", parameters=values, payloads=("x", "y"))
    (request,) = channel.render(reply, PERSON, {}, closed=True)
    assert problem(request.params) is None
    body, *buttons = request.params["template"]["components"]
    assert body == {
        "type": "body",
        "parameters": [
            {"type": "text", "parameter_name": "organisation", "text": "Друзья"},
            {"type": "text", "parameter_name": "text", "text": "Вода поднимается. Уходите."},
        ],
    }
    assert [button["parameters"][0]["payload"] for button in buttons] == ["x", "y"]


def test_a_template_whose_value_is_not_known_is_not_sent(channel: WhatsApp) -> None:
    channel.templates = {"alert": {"ru": TemplateForm("ru", 1, ("organisation", "text"))}}
    reply = Reply(text="…", language="ru", choices=CHOICES, template="alert", parameters={"text": "…"})
    assert channel.render(reply, PERSON, {}, closed=True) == []


def stop(channel: WhatsApp, language: str) -> None:
    update = {"event": "PAUSED", "message_template_name": "reminder", "message_template_language": language}
    channel.parse(body(change(update, "message_template_status_update")))


def test_a_paused_template_gives_way_to_the_fallback_language_and_then_to_nothing(channel: WhatsApp) -> None:
    stop(channel, "ky_KG")
    found = sent(channel, "reminder", "ky")
    assert found is not None
    assert found["language"] == {"code": "ru"}
    stop(channel, "ru")
    assert sent(channel, "reminder", "ky") is None
    assert sent(channel, "reminder", "uz") is not None


def test_every_language_has_a_code_of_meta_and_what_is_another_language_or_script_is_known() -> None:
    assert set(CODES) == set(LANGUAGES)
    assert set(CODES.values()) <= METAS
    assert {language for language, code in CODES.items() if code.split("_")[0] != language} == STAND_INS
