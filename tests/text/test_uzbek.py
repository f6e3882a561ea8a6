"""Uzbek Latin to Cyrillic: the rules, the words that they cannot know, and what is left alone."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import to_cyrillic

PAIRS = """
oʻzbek ўзбек|toʻlov тўлов|roʻyxat рўйхат|yoʻq йўқ|yoʻlovchi йўловчи|toʻgʻri тўғри|sugʻurta суғурта|moʻjiza мўъжиза
eʼlon эълон|maʼlumotnoma маълумотнома|sanʼat санъат|Isʼhoq Исҳоқ|qatʼiy қатъий|isteʼmol истеъмол
elchixona элчихона|aeroport аэропорт|yer ер|poyezd поезд|loyiha лойиҳа|Yevropa Европа|reyestr реестр
obyekt объект|razyezd разъезд|premyera премьера|kuryer курьер|batalyon батальон|pavilyonga павильонга|plyonka плёнка
intervyu интервью|valyuta валюта|rayonda районда|mayor майор|tayyor тайёр|hayot ҳаёт|siyosat сиёсат|yordam ёрдам
migratsiya миграция|sotsial социал|protsent процент|litsenziyali лицензияли|meditsinada медицинада
geolokatsiya геолокация|aksiyada акцияда|funksional функционал|inspeksiyaga инспекцияга|kvitansiyasi квитанцияси
korrupsiya коррупция|konsepsiya концепция
provinsiya провинция|potensial потенциал|versiya версия|pensiya пенсия|pensioner пенсионер|ekspansiya экспансия
jinsiy жинсий|sement цемент|sirkda циркда|sexga цехга|konsertlar концертлар|abzas абзац|sertifikat сертификат
ketsangiz кетсангиз|yoʻqotsangiz йўқотсангиз|aytsin айтсин|hujjatsiz ҳужжатсиз|patentsizlik патентсизлик
Irkutsk Иркутск|Lipetsk Липецк|Norilskda Норильскда|Bratskdan Братскдан|Arxangelsk Архангельск
aprel апрель|aprelgacha апрелгача|sentabrdan сентябрдан|rubl рубль|rublga рублга|filtrni фильтрни|albomi альбоми
parol пароль|modellashtirish моделлаштириш|Tyumenda Тюменда|Tatyana Татьяна|Ilyich Ильич|Abdullayev Абдуллаев
stajorlik стажёрлик|rejissor режиссёр|budjetdan бюджетдан|mer мэр|mergan мерган|alyuminiy алюминий
IIVga ИИВга|OITS ОИТС|OITSga ОИТСга|FHDYo ФҲДЁ|INNsiz ИННсиз|TOSHKENT SHAHRI ТОШКЕНТ ШАҲРИ|YOʻL ЙЎЛ
REGISTRATSIYA РЕГИСТРАЦИЯ|singil сингил|Qashqadaryo Қашқадарё|boʻlib-boʻlib бўлиб-бўлиб
"""


@pytest.mark.parametrize("pair", [pair for line in PAIRS.strip().splitlines() for pair in line.split("|")])
def test_a_word_is_spelt_as_in_cyrillic_books(pair: str) -> None:
    words = pair.split()
    half = len(words) // 2

    assert to_cyrillic(" ".join(words[:half])) == " ".join(words[half:])


def test_the_pairs_of_the_language_guide_hold() -> None:
    path = Path(__file__).resolve().parents[2] / "../shared/language/uz-latin-cyrillic-pairs.tsv"
    if not path.exists():
        pytest.skip("needs the shared language guide beside the checkout")
    pairs = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    missed = [(latin, to_cyrillic(latin), cyrillic) for latin, cyrillic in pairs if to_cyrillic(latin) != cyrillic]

    assert len(missed) <= len(pairs) * 0.01, missed


@pytest.mark.parametrize("apostrophe", "ʻʼ'‘’`´ʹ′‛")
def test_any_apostrophe_serves_for_all_three_signs(apostrophe: str) -> None:
    assert to_cyrillic(f"o{apostrophe}g{apostrophe}il ma{apostrophe}no") == "ўғил маъно"


def test_letters_of_the_proposed_alphabets_are_known() -> None:
    assert to_cyrillic("õzbek toğ şahar çorşanba") == "ўзбек тоғ шаҳар чоршанба"


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("2026-yil 5-mart", "2026 йил 5 март"),
        ("10-sentabrgacha", "10 сентябргача"),
        ("1-may, 2-mayor", "1 май, 2-майор"),
        ("18.20-modda, 2-bosqich", "18.20-модда, 2-босқич"),
    ],
)
def test_the_hyphen_falls_in_dates_only(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    "kept",
    [
        "{answers.city}",
        "{fact:patent_month[moscow]}",
        "{point:migration-line.phone}",
        "https://mvd.ru/patent?a=b",
        "www.gosuslugi.ru",
        "mvd.ru",
        "t.me/safar",
        "yordam@mail.ru",
        "@safar_bot",
        "#yordam",
        "/start",
        "WhatsApp",
        "Telegram",
        "Wi-Fi",
        "QR",
        "SMS",
        "Facebook",
        "XXI",
        "IV",
        "112",
        "8 (800) 100-00-00",
        "МВД",
        "*",
        "5%",
    ],
)
def test_what_is_not_uzbek_text_stays(kept: str) -> None:
    assert to_cyrillic(kept) == kept
    assert to_cyrillic(f"Bu {kept}, ha") == f"Бу {kept}, ҳа"


def test_a_kept_name_takes_cyrillic_endings() -> None:
    assert to_cyrillic("Telegramda, WhatsAppga, QR-kod, SIM-karta") == "Telegramда, WhatsAppга, QR-код, SIM-карта"


def test_quotes_around_a_word_are_no_letters() -> None:
    assert to_cyrillic("‘Moy nalog’ va 'hujjat'") == "‘Мой налог’ ва 'ҳужжат'"


@settings(deadline=None)
@given(st.text(alphabet="abeghijklnostuxyzABEGOSTY'ʻʼ{}[]. -05@/") | st.text())
def test_no_text_breaks_it_and_placeholders_and_numbers_stay(text: str) -> None:
    converted = to_cyrillic(text)

    assert re.findall(r"\{[^{}]*\}", converted) == re.findall(r"\{[^{}]*\}", text)
    assert re.findall(r"\d", converted) == re.findall(r"\d", text)


@settings(deadline=None)
@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшъьэюяўқғҳ .,!?0123456789"))
def test_cyrillic_stays_as_it_is(text: str) -> None:
    assert to_cyrillic(text) == text


@pytest.mark.parametrize("unit", ["a", "a.", "ts", "o'", "{", "www.a", "a@", "-", "0-", "lar", "ey", "z "])
def test_the_longest_text_is_converted_within_20_ms(unit: str) -> None:
    text = (unit * 4096)[:4096]
    times = []
    for _ in range(3):
        start = time.process_time()
        to_cyrillic(text)
        times.append(time.process_time() - start)

    assert min(times) <= 0.02


def test_no_row_of_the_table_stands_twice_or_holds_letters_of_the_other_alphabet() -> None:
    path = Path(__file__).resolve().parents[2] / "bot" / "text" / "uzbek.tsv"
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = [line.split("\t") for line in lines]

    assert len({latin for latin, _ in rows}) == len(rows)
    assert all(re.fullmatch(r"[A-Za-zʻ]+\*?", latin) for latin, _ in rows)
    assert all(cyrillic == "keep" or re.fullmatch("[а-яёўқғҳ]+", cyrillic) for _, cyrillic in rows)


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("DMS (ДМС) polisi", "ДМС полиси"),
        ("INN (ИНН, soliq raqami)", "ИНН (солиқ рақами)"),
        ("RVP va VNJ (ВНЖ)", "РВП ва ВНЖ"),
        ("patent (патент)", "патент"),
        ("polis (ДМС)", "полис (ДМС)"),
    ],
)
def test_a_russian_short_name_in_brackets_is_not_said_twice(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic
