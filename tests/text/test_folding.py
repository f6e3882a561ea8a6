"""One key for every way of typing a word."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import clean, fold, keys


@pytest.mark.parametrize(
    "variants",
    [
        ["yoʻq", "yo'q", "yo’q", "yo`q", "YOʻQ", "yõq", "йўқ", "Йўқ!", "yoq"],
        ["ёрдам", "ЁРДАМ", "yordam", "ердам"],
        ["ещё", "еще", "ЕЩЁ"],
        ["Помогите", "помогитеее", "ПОМОГИТЕ!!!", "  помогите… ", "pomogite", "п0могите"],
        ["регистрация", "registratsiya", "registraciya", "регистрасия", "регистратсия"],
        ["Тоҷикистон", "tojikiston", "Тожикистон", "todjikiston"],
        ["ҳужжат", "хужжат", "hujjat", "xujjat", "ҲУЖЖАТ"],
        ["қанча", "канча", "qancha", "kancha"],
        ["ғамхӯрӣ", "гамхури", "gamkhuri"],
        ["үчүн", "учун", "uchun"],
        ["өлкө", "олко"],
        ["таң", "тан"],
        ["имрӯз", "имруз", "imruz", "imrūz"],
        ["њуќуќї", "ҳуқуқӣ"],
        ["жалоба", "jaloba", "zhaloba"],
        ["maʼlumot", "ma'lumot", "malumot", "маълумот"],
        ["батальон", "batalyon"],
        ["обёзательно", "обезательно"],
        ["bechora", "be4ora", "бечора"],
        ["yaxshi", "yaxwi", "яхши"],
        ["yashash", "ya6ash", "яшаш"],
        ["щука", "shuka", "shchuka"],
        ["не-могу", "не могу", "не  могу", "не_могу"],
        ["𝗛𝗲𝗹𝗽", "ｈｅｌｐ", "help"],
    ],
    ids=lambda variants: variants[0],
)
def test_variants_have_one_key(variants: list[str]) -> None:
    assert len({fold(variant) for variant in variants}) == 1


@pytest.mark.parametrize("typed", ["пoмoгитe", "ПОМOГИТЕ", "ПOMОГИТE"])
def test_letters_that_look_alike_are_one(typed: str) -> None:
    assert fold(typed) == fold("помогите")


def test_a_cyrillic_letter_in_a_latin_word_is_one_of_its_alphabet() -> None:
    assert fold("yоrdam") == fold("yordam")
    assert fold("хizmat bоr") == fold("xizmat bor")


@pytest.mark.parametrize(
    ("one", "other"),
    [("духтур", "духтар"), ("кат", "ката"), ("кун", "кон"), ("112", "12"), ("100", "10"), ("да", "до")],
)
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_figures_are_kept_as_they_are() -> None:
    assert fold("112, 1000-00") == "112 1000 00"


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("йўқ", "йук"),
        ("йўқ", "йок"),
        ("yoʻq", "yuq"),
        ("рӯз", "рўз"),
        ("рӯз", "руз"),
        ("тоҷик", "точик"),
        ("Тоҷикистон", "точикистон"),
    ],
)
def test_a_label_is_found_by_what_a_plain_keyboard_makes_of_it(label: str, typed: str) -> None:
    assert fold(typed) in keys(label)


@settings(deadline=None)
@given(st.text(alphabet="абвжцчшщъьёйыяюўқҳӯҷoscthkzdjwqyeghx046'ʻ-_ ß") | st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    text = clean(text)

    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("unit", ["s", "shch", "ҳ", "шсш", "a0", "\ufdfa", "ё", "o'", "ya", "кo", "\u33c2", "ß"])
def test_the_longest_message_is_folded_within_20_ms(unit: str) -> None:
    text = clean(unit * 4096)
    times = []
    for _ in range(3):
        start = time.process_time()
        fold(text)
        times.append(time.process_time() - start)

    assert min(times) <= 0.02
