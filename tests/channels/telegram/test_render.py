from typing import Any, Literal

import pytest

from bot.channels import Request
from bot.channels.telegram.render import MOST_BUTTONS, render, render_wipe
from bot.conversation import Card, Choice, File, Link, Pin, Reply

LABELS = {"ru": "Отправить место", "uz": "Joyni yuborish"}
CHAT = "512345678"


def rendered(reply: Reply, **context: Any) -> list[Request]:
    return render(reply, CHAT, context, LABELS)


def one(reply: Reply, **context: Any) -> dict[str, Any]:
    requests = rendered(reply, **context)
    assert len(requests) == 1
    assert requests[0].method == "sendMessage"
    return dict(requests[0].params)


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(id=f"id{place}", label=label) for place, label in enumerate(labels))


def test_a_reply_is_text_with_entities_and_no_preview_and_never_a_parse_mode() -> None:
    params = one(Reply(text="*Patent* <b>", language="ru", bold=((1, 7),)))
    assert params == {
        "chat_id": 512345678,
        "text": "*Patent* <b>",
        "entities": [{"type": "bold", "offset": 1, "length": 6}],
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {"remove_keyboard": True},
    }


def test_choices_are_buttons_with_their_ids_short_ones_side_by_side() -> None:
    params = one(Reply(text="?", language="ru", choices=choices("Да", "Нет", "Очень длинный ответ на вопрос", "Меню")))
    assert params["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Да", "callback_data": "id0"}, {"text": "Нет", "callback_data": "id1"}],
            [{"text": "Очень длинный ответ на вопрос", "callback_data": "id2"}],
            [{"text": "Меню", "callback_data": "id3"}],
        ]
    }


def test_what_has_no_room_as_a_button_becomes_a_numbered_line() -> None:
    params = one(Reply(text="?", language="ru", choices=choices(*(f"c{n}" for n in range(102)))))
    assert sum(map(len, params["reply_markup"]["inline_keyboard"])) == MOST_BUTTONS
    assert params["text"] == "?\n101. c100\n102. c101"


def test_links_are_lines_of_text_that_lead_to_their_address() -> None:
    params = one(Reply(text="😆", language="ru", links=(Link(label="ГУВМ", url="https://мвд.рф"),)))
    assert params["text"] == "😆\n\nГУВМ"
    assert params["entities"] == [{"type": "text_link", "url": "https://мвд.рф", "offset": 4, "length": 4}]


def test_only_the_last_part_of_a_long_reply_has_the_buttons() -> None:
    requests = rendered(Reply(text="a" * 4000 + "\n\n" + "b" * 4000, language="ru", choices=choices("Да")))
    assert ["reply_markup" in request.params for request in requests] == [False, True]


def test_a_place_is_asked_for_with_a_reply_keyboard_and_choices_are_typed_by_it() -> None:
    params = one(Reply(text="Где вы?", language="uz", asks_location=True, choices=choices("Menyu")))
    assert params["reply_markup"] == {
        "keyboard": [[{"text": "Joyni yuborish", "request_location": True}], [{"text": "Menyu"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def test_after_a_place_the_pin_is_deleted_and_the_keyboard_is_gone() -> None:
    requests = rendered(Reply(text="Спасибо", language="ru"), located=2001)
    assert requests[0].params["reply_markup"] == {"remove_keyboard": True}
    assert requests[1:] == [
        Request(method="deleteMessages", params={"chat_id": 512345678, "message_ids": [2001]}, aside=True)
    ]


def test_where_buttons_take_the_room_the_keyboard_leaves_with_a_message_that_does_not_stay() -> None:
    away, reply, _ = rendered(Reply(text="Спасибо", language="ru", choices=choices("Меню")), located=2001)
    assert (away.aside, away.fleeting, away.params["reply_markup"]) == (True, True, {"remove_keyboard": True})
    assert "inline_keyboard" in reply.params["reply_markup"]


def test_a_help_point_comes_before_the_text_that_has_the_buttons() -> None:
    pin = Pin(latitude=55.7, longitude=37.6, title="Центр", address="")
    requests = rendered(Reply(text="Вот", language="ru", pin=pin, choices=choices("Меню")))
    assert [request.method for request in requests] == ["sendVenue", "sendMessage"]
    assert requests[0].params == {
        "chat_id": 512345678,
        "latitude": 55.7,
        "longitude": 37.6,
        "title": "Центр",
        "address": "Центр",
    }


@pytest.mark.parametrize(
    ("kind", "method", "field"), [("document", "sendDocument", "document"), ("image", "sendPhoto", "photo")]
)
def test_a_card_and_a_file_come_before_the_text_that_has_the_buttons(
    kind: Literal["document", "image"], method: str, field: str
) -> None:
    card = Card(name="Центр", phones=("+78001000000", "112"))
    file = File(url="https://example.org/a.pdf", name="Памятка", kind=kind)
    requests = rendered(Reply(text="Вот", language="ru", card=card, file=file, choices=choices("Меню")))
    assert [(request.method, dict(request.params)) for request in requests[:-1]] == [
        ("sendContact", {"chat_id": 512345678, "phone_number": "+78001000000", "first_name": "Центр"}),
        (method, {"chat_id": 512345678, field: "https://example.org/a.pdf", "caption": "Памятка"}),
    ]
    assert requests[-1].method == "sendMessage"


def test_a_reply_in_place_of_the_tapped_message_edits_it_and_is_sent_anew_where_that_fails() -> None:
    reply = Reply(text="Дальше?", language="ru", choices=choices("Да"), replaces=True)
    (request,) = rendered(reply, tapped=77)
    assert request.method == "editMessageText"
    assert request.params["message_id"] == 77
    assert request.instead == Request(method="sendMessage", params=one(reply))


def test_an_edit_carries_no_keyboard_but_an_inline_one() -> None:
    (request,) = rendered(Reply(text="Всё", language="ru", replaces=True), tapped=77)
    assert "reply_markup" not in request.params


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="Новое", language="ru"),
        Reply(text="Где?", language="ru", asks_location=True, replaces=True),
        Reply(text="a" * 5000, language="ru", replaces=True),
    ],
)
def test_where_the_tapped_message_stays_its_buttons_go(reply: Reply) -> None:
    requests = rendered(reply, tapped=77)
    assert requests[-1] == Request(
        method="editMessageReplyMarkup", params={"chat_id": 512345678, "message_id": 77}, aside=True
    )
    assert {request.method for request in requests[:-1]} == {"sendMessage"}


def test_messages_are_removed_a_hundred_at_a_time() -> None:
    requests = render_wipe([str(number) for number in range(250)], CHAT)
    assert [len(request.params["message_ids"]) for request in requests] == [100, 100, 50]
    assert all(request.method == "deleteMessages" and request.aside for request in requests)


def test_a_request_shows_nothing_but_its_method_in_a_log() -> None:
    assert repr(rendered(Reply(text="SECRET", language="ru"))) == "[Request(sendMessage)]"
