"""The texts of an alert as staff type them: what is refused, and what the facts in them become."""

from datetime import date
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.conversation import AlertFinding, BrokenAlert, alert_findings, alert_reply, fill_alert
from bot.conversation.alerts import Shown
from bot.text import LANGUAGES, fold
from tests.web import serving

TODAY = date(2026, 11, 28)
GOOD = {
    "ru": "Меняются правила. Если у вас нет чека, сохраните его сегодня. Вопросы: {point:ru-emergency-112.phone}.",
    "uz": "Qoidalar oʻzgaradi. Chekingiz boʻlmasa, uni bugun saqlang. Savollar: {point:ru-emergency-112.phone}.",
    "tg": "Қоидаҳо дигар мешаванд. Чекро имрӯз нигоҳ доред. Саволҳо: {point:ru-emergency-112.phone}.",
    "ky": "Эрежелер өзгөрөт. Чекти бүгүн сактап коюңуз. Суроолор: {point:ru-emergency-112.phone}.",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return serving.catalogue()


def rules(found: list[AlertFinding]) -> set[str]:
    return {f"{one.language}:{one.rule}" for one in found}


def of(catalogue: Catalogue, text: str, language: str = "ru", **more: Any) -> set[str]:
    return rules(alert_findings({language: text}, catalogue, TODAY, languages=[language], **more))


def test_good_texts_have_no_findings(catalogue: Catalogue) -> None:
    assert alert_findings(GOOD, catalogue, TODAY, organisation="this-team", source_title="Закон") == []


# languages


def test_a_language_without_a_text_is_told_and_one_that_nobody_there_reads_is_an_error(catalogue: Catalogue) -> None:
    found = alert_findings({"ru": "Завтра нет поездов."}, catalogue, TODAY)
    assert [(one.language, one.rule, one.level) for one in found] == [
        (language, "missing-text", "warning") for language in ("uz", "uz_Cyrl", "tg", "ky")
    ]
    found = alert_findings({"uz": "Ertaga poyezd yoʻq."}, catalogue, TODAY)
    assert {(one.language, one.level) for one in found} == {("ru", "error"), ("tg", "error"), ("ky", "error")}
    assert alert_findings({"uz": "Ertaga poyezd yoʻq."}, catalogue, TODAY, languages=["uz", "uz_Cyrl"]) == []
    assert of(catalogue, "  ") == {"ru:missing-text"}


def test_numbers_and_placeholders_are_the_same_in_every_language(catalogue: Catalogue) -> None:
    texts = {
        "ru": "С 5 марта: {fact:work_papers_days}.",
        "uz": "6-martdan.",
        "tg": "Аз 5 март: {fact:work_papers_days}.",
    }
    found = alert_findings(texts, catalogue, TODAY, languages=["ru", "uz", "tg"])
    assert rules(found) == {"uz:number-differs", "uz:lost-placeholder"}
    assert found[0].what == "the numbers are 6, and 5 in ru"


# what is typed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Звоните +7 495 123-45-67.", "typed-phone"),
        ("Звоните 8 (800) 555-35-35 завтра.", "typed-phone"),
        ("Пишите на https://example.org/x.", "typed-link"),
        ("Канал t.me/example, там всё.", "typed-link"),
        ("Смотрите {fact:nothing}.", "unknown-fact"),
        ("Звоните {point:nobody}.", "unknown-point"),
        ("Здравствуйте, {answers.name}!", "bad-markup"),
        ("Ваш город: {profile.city}.", "bad-markup"),
        ("Срок: {fact:registration_days[profile.citizenship]}.", "unknown-fact"),
        ("Срок: {fact:registration_days}.", "unknown-fact"),
        ("Срок {скоро}.", "bad-markup"),
        ("Цена 5 000 рублей, 1 000 000 сумов, с 20.03.2026 по 01.04.2026.", None),
        ("Срок: {fact:registration_days[UZ]}.", None),
    ],
)
def test_what_is_typed_by_hand_or_depends_on_a_person(catalogue: Catalogue, text: str, rule: str | None) -> None:
    assert of(catalogue, text) == ({f"ru:{rule}"} if rule else set())


# T37


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Срочно переведите деньги на этот счёт."),
        ("ru", "Чтобы остаться, сообщите нам КОД из СМС."),
        ("ru", "Пришлите фото вашего паспорта."),
        ("ru", "Назовите номер карты"),
        ("uz", "Pasport rasmini yuboring."),
        ("uz", "SMS kodni ayting."),
        ("uz_Cyrl", "Картангиз рақамини ёзинг."),
        ("tg", "Рамзи СМС-ро гӯед."),
        ("tg", "Пулро ба ин корт фиристед."),
        ("ky", "Паспортуңуздун сүрөтүн жөнөтүңүз."),
        ("ky", "Акчаны ушул картага которуңуз."),
    ],
)
def test_asking_for_money_codes_cards_and_passports_is_refused(catalogue: Catalogue, language: str, text: str) -> None:
    (finding,) = alert_findings({language: f"Меню. {text}"}, catalogue, TODAY, languages=[language])[:1]
    assert (finding.rule, finding.level) == ("lure", "error")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Никому не сообщайте код из СМС. Не присылайте фото паспорта."),
        ("ru", "Оплатите патент до конца месяца. Сохраните чек."),
        ("ru", "Паспорт держите при себе. Скажите об этом друзьям."),
        ("uz", "SMS kodni hech kimga aytmang."),
        ("tg", "Рамзро ба касе нагӯед."),
        ("ky", "Кодду эч кимге айтпаңыз."),
    ],
)
def test_warning_of_them_is_not_asking_for_them(catalogue: Catalogue, language: str, text: str) -> None:
    assert f"{language}:lure" not in of(catalogue, text, language)


def test_every_language_has_words_for_every_lure(catalogue: Catalogue) -> None:
    for lists in catalogue.words.lures.values():
        assert set(lists) == set(LANGUAGES)
        assert all(len(words) >= 8 and all(map(fold, words)) for words in lists.values())
    assert set(catalogue.words.lures) == {"ask", "thing"}


# T19


def test_a_word_that_a_screen_should_not_show_is_told_where_it_may_show(catalogue: Catalogue) -> None:
    (finding,) = alert_findings({"ru": "Полиция проверяет."}, catalogue, TODAY, languages=["ru"])
    assert (finding.rule, finding.level) == ("preview-word", "warning")
    assert of(catalogue, "Завтра " * 12 + "полиция проверяет.") == set()


# length


def test_what_fits_into_no_message_is_refused_by_how_much_it_is_too_long(catalogue: Catalogue) -> None:
    more: dict[str, Any] = {
        "organisation": "this-team",
        "source_title": "Закон",
        "source_url": "https://example.org/law",
    }
    (finding,) = alert_findings({"ru": "слово " * 300}, catalogue, TODAY, languages=["ru"], **more)
    assert finding.rule == "text-too-long"
    over = int(finding.remedy.split()[-1])
    text = ("слово " * 300).strip()
    assert of(catalogue, text[: len(text) - over].strip(), **more) == set()
    assert of(catalogue, text[: len(text) - over + 2], **more) == {"ru:text-too-long"}


# facts


def test_facts_are_said_as_articles_say_them_in_each_language(catalogue: Catalogue) -> None:
    text = "{fact:registration_days[UZ]}"
    filled = fill_alert({"ru": f"Срок: {text}.", "uz": f"Muddat: {text}. Toʻgʻri."}, catalogue, TODAY)
    assert filled == {
        "ru": "Срок: 15\xa0дней.",
        "uz": "Muddat: 15\xa0kun. Toʻgʻri.",
        "uz_Cyrl": "Муддат: 15\xa0кун. Тўғри.",
    }


def test_a_phone_comes_from_its_help_point(catalogue: Catalogue) -> None:
    assert fill_alert({"ru": "Звоните {point:ru-emergency-112.phone}."}, catalogue, TODAY) == {"ru": "Звоните 112."}


def test_a_text_of_its_own_in_uzbek_cyrillic_is_kept(catalogue: Catalogue) -> None:
    assert fill_alert({"uz": "Salom", "uz_Cyrl": "Ассалому"}, catalogue, TODAY)["uz_Cyrl"] == "Ассалому"


def test_a_fact_without_a_value_on_that_day_is_refused_with_its_name_and_the_day(catalogue: Catalogue) -> None:
    key, at, day = _without_value(catalogue)
    quoted = f"{{fact:{key}[{at}]}}" if at else f"{{fact:{key}}}"
    with pytest.raises(BrokenAlert) as broken:
        fill_alert({"ru": f"Сумма: {quoted}."}, catalogue, day)
    assert f"{quoted} has no value on {day}" in str(broken.value)
    assert [one.rule for one in broken.value.findings] == ["fact-without-value"]
    found = alert_findings({"ru": f"Сумма: {quoted}."}, catalogue, day, languages=["ru"])
    assert rules(found) == {"ru:fact-without-value"}


def _without_value(catalogue: Catalogue) -> tuple[str, str, date]:
    """A fact whose last value ends, where, and a day after it."""
    return next(
        (key, at, date(2099, 1, 1))
        for key, fact in catalogue.facts.items()
        for at, values in fact.values.items()
        if values and all(value.valid_to is not None for value in values)
    )


def test_what_is_approved_is_what_is_shown(catalogue: Catalogue) -> None:
    texts = fill_alert(GOOD, catalogue, TODAY)
    assert set(texts) == set(LANGUAGES)
    shown = Shown(
        texts=texts,
        organisation="this-team",
        code="12345678",
        urgency="life",
        source_title="Закон",
        source_checked=TODAY,
        ends=TODAY,
    )
    for language in LANGUAGES:
        reply = alert_reply(shown, language, catalogue)
        assert texts[language] in reply.text
        assert catalogue.phrases["missing-note"].plain(language) not in reply.text
