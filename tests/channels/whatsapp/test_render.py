from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp.layout import JOINER
from bot.channels.whatsapp.render import render
from bot.conversation import Card, Choice, File, Link, Pin, Reply
from bot.text import LANGUAGES
from tests.channels.whatsapp.reader import read
from tests.channels.whatsapp.webhooks import PERSON, PHONE
from tests.fakes.graphspec import problem

CHOOSE = {"ru": "Выбрать", "uz": "Tanlash", "uz_Cyrl": "Танлаш", "tg": "Интихоб", "ky": "Тандоо"}


def rendered(reply: Reply, address: str = PERSON) -> list[dict[str, Any]]:
    """The parameters of each request, every one of them held against the specification."""
    requests = render(reply, address, CHOOSE)
    assert all(request.method == "messages" and not request.aside for request in requests)
    assert [problem(request.params) for request in requests] == [None] * len(requests)
    return [dict(request.params) for request in requests]


def one(reply: Reply) -> dict[str, Any]:
    (params,) = rendered(reply)
    return params


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(id=f"id{place}", label=label) for place, label in enumerate(labels))


def rows_of(params: dict[str, Any]) -> list[dict[str, str]]:
    (section,) = params["interactive"]["action"]["sections"]
    return list(section["rows"])


def body_of(params: dict[str, Any]) -> str:
    match params["type"]:
        case "interactive":
            return str(params["interactive"]["body"]["text"])
        case "text":
            return str(params["text"]["body"])
        case "document" | "image" as kind:
            return str(params[kind].get("caption", ""))
    return ""


def test_a_reply_is_one_text_without_a_preview_for_a_user_id_or_a_number() -> None:
    reply = Reply(text="Патент: 5000", language="ru", bold=((0, 6),))
    text = {"body": "*Патент*: 5000", "preview_url": False}
    common = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text", "text": text}
    assert rendered(reply, PERSON) == [{**common, "recipient": PERSON}]
    assert rendered(reply, PHONE) == [{**common, "to": PHONE}]


def test_three_short_choices_are_buttons() -> None:
    params = one(Reply(text="?", language="ru", choices=choices("Да", "Нет", "Двадцать знаков ровн")))
    assert params["interactive"] == {
        "type": "button",
        "body": {"text": "?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "id0", "title": "Да"}},
                {"type": "reply", "reply": {"id": "id1", "title": "Нет"}},
                {"type": "reply", "reply": {"id": "id2", "title": "Двадцать знаков ровн"}},
            ]
        },
    }


def test_more_choices_are_a_list_and_a_long_one_stands_in_full_below_its_title() -> None:
    params = one(
        Reply(text="?", language="uz", choices=choices("Ha", "Yoʻq", "Keyinroq", "Ish haqi berilmayapti, nima qilay"))
    )
    assert params["interactive"]["action"]["button"] == "Tanlash"
    assert rows_of(params) == [
        {"id": "id0", "title": "Ha"},
        {"id": "id1", "title": "Yoʻq"},
        {"id": "id2", "title": "Keyinroq"},
        {"id": "id3", "title": "Ish haqi berilmayapti…", "description": "Ish haqi berilmayapti, nima qilay"},
    ]


def test_a_choice_too_long_for_a_button_makes_a_list() -> None:
    params = one(Reply(text="?", language="ru", choices=choices("Двадцать один символ!")))
    assert rows_of(params) == [{"id": "id0", "title": "Двадцать один символ!"}]


def test_what_does_not_fit_below_a_title_stands_numbered_in_the_text() -> None:
    long = "Очень длинный ответ, который не помещается в описание строки списка целиком никак"
    params = one(Reply(text="?", language="ru", choices=choices("Да", long)))
    assert rows_of(params)[1] == {"id": "id1", "title": "Очень длинный ответ…"}
    assert body_of(params) == f"?\n\n{JOINER}2. {long}"


def test_what_is_beyond_ten_rows_stands_numbered_in_the_text() -> None:
    params = one(Reply(text="?", language="ru", choices=choices(*(f"Выбор {n}" for n in range(1, 13)))))
    assert [row["id"] for row in rows_of(params)] == [f"id{n}" for n in range(10)]
    assert read(body_of(params)).text == "?\n\n11. Выбор 11\n12. Выбор 12"


def test_two_choices_that_would_look_alike_do_not() -> None:
    labels = ("Как получить зарплату за месяц", "Как получить зарплату за год")
    assert [row["title"] for row in rows_of(one(Reply(text="?", language="ru", choices=choices(*labels))))] == [
        "Как получить зарплату…",
        "Как получить зарплату… 2",
    ]


def test_a_text_too_long_for_buttons_is_one_message_with_numbers() -> None:
    params = one(Reply(text="слово " * 200, language="ru", choices=choices("Да", "Нет")))
    assert params["type"] == "text"
    assert read(body_of(params)).text.endswith("слово \n\n1. Да\n2. Нет")


def test_numbers_that_stand_in_the_text_already_are_not_written_twice() -> None:
    params = one(Reply(text="слово " * 200 + "\n\n1. Да\n2. Нет", language="ru", choices=choices("Да", "Нет")))
    assert body_of(params).count("Да") == 1


def test_a_text_of_several_messages_has_the_buttons_in_the_last_one() -> None:
    first, last = rendered(Reply(text="a" * 4000 + "\n\n" + "b" * 500, language="ru", choices=choices("Да")))
    assert (first["type"], last["type"]) == ("text", "interactive")
    assert (body_of(first), body_of(last)) == ("a" * 4000, "b" * 500)


def test_a_place_is_asked_for_with_its_own_button_and_choices_are_numbers() -> None:
    params = one(Reply(text="Где вы?", language="ru", asks_location=True, choices=choices("Пропустить", "Меню")))
    assert params["interactive"]["type"] == "location_request_message"
    assert params["interactive"]["action"] == {"name": "send_location"}
    assert read(body_of(params)).text == "Где вы?\n\n1. Пропустить\n2. Меню"


def test_a_long_text_before_a_place_is_asked_for_is_cut_in_two() -> None:
    text = "\n\n".join(["слово " * 100] * 3)
    first, last = rendered(Reply(text=text, language="ru", asks_location=True, choices=choices("Меню")))
    assert (first["type"], last["interactive"]["type"]) == ("text", "location_request_message")
    assert read(body_of(last)).text.endswith("1. Меню")


def test_a_link_is_a_line_that_shows_where_it_leads() -> None:
    params = one(Reply(text="Вот", language="ru", links=(Link(label="ГУВМ", url="https://мвд.рф"),)))
    assert params["text"] == {"body": "Вот\n\nГУВМ: https://мвд.рф", "preview_url": False}


def test_a_source_that_the_text_names_has_its_address_there() -> None:
    text = "Источники\n— Закон (2026-01-10)\n— Закон о труде\nПроверено"
    links = (Link(label="Закон о труде", url="https://b.example"), Link(label="Закон", url="https://a.example"))
    params = one(Reply(text=text, language="ru", bold=((0, 9), (47, 56)), links=links))
    assert body_of(params) == (
        "*Источники*\n— Закон (2026-01-10): https://a.example\n— Закон о труде: https://b.example\n*Проверено*"
    )


PIN = Pin(latitude=55.7, longitude=37.6, title="Центр", address="")
CARD = Card(name="Центр", phones=("+78001000000", "112"))


def test_a_help_point_is_a_card_and_a_place_after_the_text() -> None:
    text, card, place = rendered(Reply(text="Вот", language="ru", pin=PIN, card=CARD, choices=choices("Меню")))
    assert text["type"] == "interactive"
    assert card["contacts"] == [
        {
            "name": {"formatted_name": "Центр", "first_name": "Центр"},
            "phones": [{"phone": "+78001000000", "type": "WORK"}, {"phone": "112", "type": "WORK"}],
        }
    ]
    assert place["location"] == {"latitude": 55.7, "longitude": 37.6, "name": "Центр"}


@pytest.mark.parametrize("kind", ["document", "image"])
def test_a_file_comes_with_its_text_in_one_message(kind: Literal["document", "image"]) -> None:
    file = File(url="https://example.org/a.pdf", name="Памятка.pdf", kind=kind)
    media = {"link": "https://example.org/a.pdf", **({"filename": "Памятка.pdf"} if kind == "document" else {})}
    assert one(Reply(text="Вот", language="ru", file=file))[kind] == {**media, "caption": "Вот"}
    buttons = one(Reply(text="Вот", language="ru", file=file, choices=choices("Меню")))
    assert buttons["interactive"]["header"] == {"type": kind, kind: media}
    listed, alone = rendered(Reply(text="Вот", language="ru", file=file, choices=choices(*"абвг")))
    assert (listed["interactive"]["type"], alone[kind]) == ("list", media)


def test_nothing_is_sent_for_nothing() -> None:
    assert rendered(Reply(text=" ", language="ru")) == []


def test_a_request_shows_nothing_but_its_method_in_a_log() -> None:
    assert repr(render(Reply(text="SECRET", language="ru"), PHONE, CHOOSE)) == "[Request(messages)]"


# any reply

TEXTS = st.text(st.sampled_from("aя1 \n.*_~`>-👍ʻ"), min_size=1, max_size=60)
LABELS = st.text(st.sampled_from("aяҷ 1*👍"), min_size=1, max_size=90).filter(str.strip)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    text = draw(TEXTS) * draw(st.sampled_from((1, 1, 1, 20, 70, 100)))
    start = draw(st.integers(0, len(text)))
    labels = draw(st.lists(LABELS, max_size=14))
    return Reply(
        text=text,
        language=draw(st.sampled_from(tuple(LANGUAGES))),
        bold=((start, draw(st.integers(start, len(text)))),) if draw(st.booleans()) else (),
        choices=choices(*labels),
        links=tuple(Link(label="Сайт", url=f"https://example.org/{n}") for n in range(draw(st.integers(0, 3)))),
        pin=draw(st.none() | st.just(PIN)),
        card=draw(st.none() | st.just(CARD)),
        file=draw(st.none() | st.just(File(url="https://example.org/a.pdf", name="a.pdf", kind="document"))),
        asks_location=draw(st.booleans()),
    )


def tappable(request: dict[str, Any]) -> list[str]:
    action = request.get("interactive", {}).get("action", {})
    buttons = [button["reply"]["id"] for button in action.get("buttons", ())]
    return buttons + [row["id"] for section in action.get("sections", ()) for row in section["rows"]]


@given(replies())
def test_any_reply_fits_and_says_all_that_was_said_and_every_choice_can_be_taken(reply: Reply) -> None:
    requests = rendered(reply)
    shown = "\n".join(read(body_of(request)).text for request in requests)
    assert "".join(shown.split()).startswith("".join(reply.text.split()))
    assert all(link.url in shown for link in reply.links)
    tapped = {ref for request in requests for ref in tappable(request)}
    letters = "".join(shown.split())
    for number, choice in enumerate(reply.choices, 1):
        assert choice.id in tapped or f"{number}." + "".join(choice.label.split()) in letters
    kinds = [request["type"] for request in requests]
    assert kinds.count("location") == (reply.pin is not None)
    assert kinds.count("contacts") == (reply.card is not None)
    assert str(requests).count("a.pdf'") >= (reply.file is not None)
