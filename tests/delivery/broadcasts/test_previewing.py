"""What each channel would send, as text for staff: the same requests that the channels render."""

from typing import Literal

from bot.delivery.broadcasts.previewing import previews
from bot.delivery.broadcasts.showing import shown
from bot.delivery.broadcasts.views import Preview, View
from tests.delivery.broadcasts.alerts import NOW, alert, broadcast
from tests.delivery.broadcasts.offices import Site, content, seen

TEXTS = {"ru": "Касса закрыта.", "uz": "Kassa yopiq.", "tg": "Хазина баста аст.", "ky": "Касса жабык."}


def made(**changes: object) -> dict[tuple[str, str, str], Preview]:
    one = alert(texts=TEXTS, frozen={**TEXTS, "uz_Cyrl": "Касса ёпиқ."}, **changes)
    seen = View(broadcast=broadcast(one), alert=one)
    return {(each.language, each.channel, each.form): each for each in previews(shown(seen, content(), NOW), content())}


def test_each_language_on_each_channel_and_as_a_template() -> None:
    found = made()
    channels = {("telegram", "message"), ("whatsapp", "message"), ("web", "message"), ("terminal", "message")}
    assert set(found) == {
        (language, *form) for language in (*TEXTS, "uz_Cyrl") for form in {*channels, ("whatsapp", "template")}
    }
    for (language, _, form), each in found.items():
        if form == "message":
            assert {**TEXTS, "uz_Cyrl": "Касса ёпиқ."}[language] in each.text
            assert "1234 5678" in each.text


def test_a_template_is_filled_in_in_the_language_that_meta_has() -> None:
    found = made()
    russian = found["ru", "whatsapp", "template"].text
    assert "Команда этого бота" in russian
    assert "{" not in russian
    assert found["tg", "whatsapp", "template"].text.split("{")[0][:40] == russian[:40]


def test_what_is_tapped_stands_below() -> None:
    assert "[ Отказаться ]" in made()["ru", "telegram", "message"].text
    assert "→ https://example.org/news" in made()["ru", "telegram", "message"].text


def test_only_danger_to_life_stands_in_the_template_itself() -> None:
    assert "Касса закрыта." not in made()["ru", "whatsapp", "template"].text
    assert "Касса закрыта." in made(urgency="life")["ru", "whatsapp", "template"].text


async def test_a_draft_is_shown_as_it_will_go_out(site: Site) -> None:
    """The second person reads what people will read, and not what a test says (T33)."""
    draft = await site.drafted(alert())
    assert not [one.text for one in site.office.preview(draft) if "проба" in one.text]
    anna, wrong = await site.account("anna"), await site.begun(alert())
    kinds: dict[Literal["correction", "withdrawal"], str] = {
        "correction": "Это исправление",
        "withdrawal": "больше не верно",
    }
    for kind, said in kinds.items():
        made = await site.office.correct(anna, wrong.broadcast.key, kind, {"ru": "Касса открыта."})
        texts = [one.text for one in site.office.preview(seen(made)) if one.form == "message"]
        assert all(said in text and "проба" not in text for text in texts), texts
