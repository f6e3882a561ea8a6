"""Numbers, sums and telephone numbers as people type them."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import LANGUAGES, Money, format_money, format_number, parse_date, parse_money, parse_number, parse_phone

WORDS = {
    "ru": ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять"],
    "uz": ["nol", "bir", "ikki", "uch", "toʻrt", "besh", "olti", "yetti", "sakkiz", "toʻqqiz", "oʻn"],
    "uz keyboard": ["nol", "bir", "ikki", "uch", "tort", "besh", "olti", "etti", "sakkiz", "to'qqiz", "o'n"],
    "uz_Cyrl": ["нол", "бир", "икки", "уч", "тўрт", "беш", "олти", "етти", "саккиз", "тўққиз", "ўн"],
    "uz_Cyrl keyboard": ["нол", "бир", "икки", "уч", "турт", "беш", "олти", "етти", "саккиз", "туккиз", "ун"],
    "tg": ["сифр", "як", "ду", "се", "чор", "панҷ", "шаш", "ҳафт", "ҳашт", "нӯҳ", "даҳ"],
    "tg keyboard": ["сифр", "як", "ду", "се", "чахор", "панч", "шаш", "хафт", "хашт", "нух", "дах"],
    "ky": ["нөл", "бир", "эки", "үч", "төрт", "беш", "алты", "жети", "сегиз", "тогуз", "он"],
    "ky keyboard": ["нол", "бир", "эки", "уч", "торт", "беш", "алты", "жети", "сегиз", "тогуз", "он"],
}


@pytest.mark.parametrize("language", WORDS)
def test_numbers_up_to_ten_may_be_words(language: str) -> None:
    assert [parse_number(word) for word in WORDS[language]] == list(range(11))
    assert parse_number(WORDS[language][3].upper() + "!") == 3


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("15", 15),
        (" 15 дней", 15),
        ("15kun", 15),
        ("около 5", 5),
        ("1 000", 1000),
        ("1.000", 1000),
        ("1 234 567,5", 1234567.5),
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("0.500", 0.5),
        ("-5", -5),
        ("−5", -5),
        ("5%", 5),
        ("50 тыс", 50_000),
        ("5 ming", 5_000),
        ("5 ҳазор", 5_000),
        ("два миллиона", 2_000_000),
        ("5 минут", 5),
        ("٣", 3),
    ],
)
def test_a_number_is_read(typed: str, number: float) -> None:
    assert parse_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "много", "10-15", "1/2", "5 или 6", "12.5.3", "05.03.2026", "один или два", "1" * 16, "x5"]
)
def test_what_is_no_number_or_two_is_not_read(typed: str) -> None:
    assert parse_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "amount", "currency"),
    [
        ("8900", 8900, ""),
        ("8900₽", 8900, "RUB"),
        ("8 900 руб.", 8900, "RUB"),
        ("500р", 500, "RUB"),
        ("50 тыс рублей", 50_000, "RUB"),
        ("50т.р.", 50_000, "RUB"),
        ("50к", 50_000, ""),
        ("50 ming rubl", 50_000, "RUB"),
        ("50 миң сом", 50_000, "KGS"),
        ("50 мин сом", 50_000, "KGS"),
        ("пять тысяч", 5_000, ""),
        ("2 mln soʻm", 2_000_000, "UZS"),
        ("2 mln so'm", 2_000_000, "UZS"),
        ("100 сўм", 100, "UZS"),
        ("100 сум", 100, "UZS"),
        ("100 som", 100, ""),
        ("500 сомонӣ", 500, "TJS"),
        ("3000 тенге", 3000, "KZT"),
        ("200$", 200, "USD"),
    ],
)
def test_a_sum_is_read_with_its_currency(typed: str, amount: float, currency: str) -> None:
    assert parse_money(typed) == Money(amount, currency)


@pytest.mark.parametrize("typed", ["", "рубль", "-500", "50-60 тыс", "не знаю"])
def test_what_is_no_sum_is_not_read(typed: str) -> None:
    assert parse_money(typed) is None


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(list(LANGUAGES)))
def test_what_we_print_is_read_back(value: int, language: str) -> None:
    assert parse_number(format_number(value, language)) == value
    assert parse_money(format_money(value, "RUB", language)) == Money(value, "RUB")
    assert parse_money(format_money(value, "KZT", language)) == Money(value, "KZT")


@pytest.mark.parametrize(
    ("typed", "country", "phone"),
    [
        ("+7 900 123-45-67", "", "+79001234567"),
        ("8 (900) 123-45-67", "", "+79001234567"),
        ("89001234567", "", "+79001234567"),
        ("9001234567", "", "+79001234567"),
        ("мой номер 8-900-123-45-67, звоните", "", "+79001234567"),
        ("84951234567", "", "+74951234567"),
        ("+7 701 123 45 67", "", "+77011234567"),
        ("7011234567", "KZ", "+77011234567"),
        ("+998 90 123 45 67", "", "+998901234567"),
        ("998901234567", "", "+998901234567"),
        ("00998901234567", "", "+998901234567"),
        ("90 123 45 67", "UZ", "+998901234567"),
        ("90 123 45 67", "TJ", "+992901234567"),
        ("+992 (93) 555-12-34", "", "+992935551234"),
        ("+996 555 123456", "", "+996555123456"),
        ("0555 123456", "", "+996555123456"),
        ("+٧ ٩٠٠ ١٢٣ ٤٥ ٦٧", "", None),
        ("90 123 45 67", "", None),
        ("112", "", None),
        ("+1 555 123 4567", "", None),
        ("+7 100 123 45 67", "", None),
        ("+7 900 123 45", "", None),
        ("89001234567 или 89007654321", "", None),
        ("", "", None),
    ],
)
def test_a_phone_becomes_e164_or_nothing(typed: str, country: str, phone: str | None) -> None:
    assert parse_phone(typed, country) == phone


@settings(deadline=None)
@given(st.text(alphabet="0123456789 +-.,()/тысрублkмлн\n") | st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    number, money, phone = parse_number(text), parse_money(text), parse_phone(text)

    assert number is None or abs(number) < 10**22
    assert money is None or money.amount >= 0
    assert phone is None or phone[1:].isdecimal()


@pytest.mark.parametrize("unit", ["1", "1 ", "1.", "1 000", "(", "1-", "+", "пять ", "05.03.", "марта 5 ", "so'm "])
@pytest.mark.parametrize("reader", ["number", "money", "phone", "date"])
def test_the_longest_message_is_read_within_20_ms(unit: str, reader: str) -> None:
    readers: dict[str, Callable[[str], object]] = {
        "number": parse_number,
        "money": parse_money,
        "phone": parse_phone,
        "date": lambda text: parse_date(text, date(2026, 11, 22)),
    }
    text = (unit * 4096)[:4096]
    times = []
    for _ in range(3):
        start = time.process_time()
        readers[reader](text)
        times.append(time.process_time() - start)

    assert min(times) <= 0.02
