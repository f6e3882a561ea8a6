from hypothesis import given
from hypothesis import strategies as st

from bot.text import shorten, titles


def test_a_label_that_fits_stays_as_it_is_on_one_line() -> None:
    assert shorten("Кому позвонить", 20) == "Кому позвонить"
    assert shorten(" Кому\nпозвонить\u00a0", 20) == "Кому позвонить"


def test_a_longer_one_is_cut_at_a_word_and_nothing_hangs_loose() -> None:
    assert shorten("Не платят зарплату третий месяц", 24) == "Не платят зарплату…"
    assert shorten("Патент: сколько он стоит", 20) == "Патент: сколько он…"
    assert shorten("Патент — сколько стоит", 10) == "Патент…"


def test_a_single_long_word_is_cut_anywhere() -> None:
    assert shorten("дактилоскопирование", 10) == "дактилоск…"


def test_two_that_would_be_alike_get_a_number() -> None:
    labels = ["Как получить зарплату за месяц", "Как получить зарплату за год", "Как получить зарплату за день"]
    assert titles(labels, 24) == ["Как получить зарплату…", "Как получить зарплату… 2", "Как получить зарплату… 3"]
    assert titles(["Да", "Нет", "Да"], 20) == ["Да", "Нет", "Да 2"]


@given(st.lists(st.text(max_size=40), max_size=12), st.sampled_from([20, 24]))
def test_titles_fit_differ_and_are_never_empty(labels: list[str], limit: int) -> None:
    found = titles(labels, limit)
    assert len(found) == len(labels)
    assert len(set(found)) == len(found)
    assert all(0 < len(title) <= limit and title == title.strip() for title in found)
