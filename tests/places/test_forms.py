"""Endings of names, on folded words."""

import pytest

from bot.places.forms import stem, without_joined
from bot.text import fold


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Moskvada", "Москва"),
        ("Moskvadaman", "Москва"),
        ("Toshkentdan", "Тошкент"),
        ("Farg'onada", "Фаргона"),
        ("Бишкекте", "Бишкек"),
        ("Бишкектен", "Бишкек"),
        ("Ошто", "Ош"),
        ("Москвага", "Москва"),
        ("Якутскиде", "Якутск"),
        ("Душанберо", "Душанбе"),
    ],
)
def test_the_endings_of_uzbek_kyrgyz_and_tajik_are_taken_off(typed: str, name: str) -> None:
    assert fold(name) in list(without_joined(fold(typed)))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Краснодаре", "Краснодар"),
        ("Москвы", "Москва"),
        ("Уфе", "Уфа"),
        ("Нижнем Новгороде", "Нижний Новгород"),
        ("Набережных Челнах", "Набережные Челны"),
        ("Московской области", "Московская область"),
        ("Люберцами", "Люберцы"),
    ],
)
def test_a_russian_name_and_its_cases_have_one_stem(typed: str, name: str) -> None:
    assert stem(fold(typed).split()) == stem(fold(name).split())


@pytest.mark.parametrize(("one", "other"), [("Омск", "Орск"), ("Тула", "Тулун"), ("Ош", "Оса"), ("Пермь", "Перово")])
def test_names_that_are_alike_keep_their_own_stems(one: str, other: str) -> None:
    assert stem([fold(one)]) != stem([fold(other)])
