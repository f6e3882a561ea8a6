"""Numbers, sums and telephone numbers as people type them. What can be read in two ways is read in none."""

import re
from typing import Final

import msgspec

from bot.text.cleaning import clean
from bot.text.folding import fold, keys

#: From nought to ten: Russian, Uzbek, Tajik, Kyrgyz.
_WORDS: Final = (
    "ноль нол nol сифр нөл",
    "один одна одно bir як бир",
    "два две ikki ду эки",
    "три uch се үч",
    "четыре toʻrt чор чаҳор төрт",
    "пять besh панҷ беш",
    "шесть olti шаш алты",
    "семь yetti ҳафт жети",
    "восемь sakkiz ҳашт сегиз",
    "девять toʻqqiz нӯҳ тогуз",
    "десять oʻn даҳ он",
)
#: Every key of a number word -> the number.
NUMBER_WORDS: Final = {
    key: number for number, words in enumerate(_WORDS) for word in words.split() for key in keys(word)
}

#: Thousands apart by a space, a point or a comma; the decimals after a comma or a point.
_NUMBER: Final = re.compile(
    r"(?<![\w.,])(?P<sign>[-−–]?)(?P<whole>[1-9]\d{0,2}(?:[ .,]\d{3})+|\d{1,15})(?:[.,](?P<part>\d{1,6}))?(?![.,]?\d)"
)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NEXT_WORD: Final = re.compile(r"\s*([^\W\d_]+)")
_TIMES: Final = (
    (1_000, re.compile(r"tisiach\w*|tis|ming\w{0,3}|xazor\w{0,2}|k")),
    (1_000_000, re.compile(r"mil?i?on\w*|mln")),
)
#: Only beside a sum: elsewhere "мин" is a minute and "т" a ton.
_TIMES_OF_MONEY: Final = re.compile(r"t|tr|min")

_CURRENCIES: Final = (
    ("RUB", re.compile(r"rub\w*|rur|r|tr")),
    ("KZT", re.compile(r"tenge\w{0,3}|tg|kzt")),
    ("TJS", re.compile(r"somon\w{0,4}|smn|tjs")),
    ("UZS", re.compile(r"sum\w{0,3}|uzs")),
    ("KGS", re.compile(r"kgs")),
    ("USD", re.compile(r"dol\w*|usd|baks\w{0,3}")),
    ("EUR", re.compile(r"evro|euro|eur")),
)
_SIGNS: Final = {"₽": "RUB", "₸": "KZT", "$": "USD", "€": "EUR"}
#: The key of both is "som", so the letters as typed decide; Latin "som" may be either.
_UZBEK_SOM: Final = re.compile(r"\bs[oõö]['`´‘’ʻʼ]m|\bsõm|\bсўм", re.IGNORECASE)
_KYRGYZ_SOM: Final = re.compile(r"\bсом(?!о)", re.IGNORECASE)

#: Country -> its calling code and the numbers behind it (mobile and landline), numbering plans of 2026.
_PHONES: Final = {
    "RU": ("7", re.compile(r"[3489]\d{9}")),
    "KZ": ("7", re.compile(r"[67]\d{9}")),
    "UZ": ("998", re.compile(r"[2-9]\d{8}")),
    "TJ": ("992", re.compile(r"\d{9}")),
    "KG": ("996", re.compile(r"[2-9]\d{8}")),
}
_PHONE: Final = re.compile(r"\+?\(?\d[\d ().\-–/]{5,}\d")


class Money(msgspec.Struct, frozen=True):
    """``currency`` is an ISO code, "" when none was named."""

    amount: float
    currency: str = ""


def parse_number(text: str) -> float | None:
    """``15``, ``1 000,5``, ``около 5 дней``, ``пять``, ``50 тыс``; None for none or for two, such as ``10-15``."""
    return _number(clean(text), money=False)


def parse_money(text: str) -> Money | None:
    """``50 тыс руб``, ``8900₽``, ``2 mln soʻm``: a sum, not below nought, with its currency if one is named."""
    text = clean(text)
    amount = _number(text, money=True)
    return Money(amount, _currency(text)) if amount is not None and amount >= 0 else None


def parse_phone(text: str, country: str = "") -> str | None:
    """A number of UZ, TJ, KG, RU or KZ as E.164; ``country`` settles a local number that fits several."""
    found = _PHONE.findall(clean(text))
    if len(found) != 1:
        return None
    digits = re.sub(r"\D", "", found[0])
    if "+" in found[0] or digits.startswith("00"):
        return _international(digits.removeprefix("00"))
    local = _local(digits, country)
    return local or _international(digits)


def _number(text: str, money: bool) -> float | None:
    found = list(_NUMBER.finditer(text))
    if len(found) > 1 or (not found and re.search(r"\d", text)):
        return None
    if found:
        number = found[0]
        value = float(re.sub(r"\D", "", number["whole"]) + "." + (number["part"] or "0"))
        after = _NEXT_WORD.match(text, number.end())
        return (-value if number["sign"] else value) * (_times(fold(after[1]), money) if after else 1)
    words = fold(text).split()
    numbers = [place for place, word in enumerate(words) if word in NUMBER_WORDS]
    if len(numbers) != 1:
        return None
    after_word = words[numbers[0] + 1 : numbers[0] + 2]
    return float(NUMBER_WORDS[words[numbers[0]]]) * (_times(after_word[0], money) if after_word else 1)


def _times(word: str, money: bool) -> int:
    if money and _TIMES_OF_MONEY.fullmatch(word):
        return 1_000
    return next((times for times, pattern in _TIMES if pattern.fullmatch(word)), 1)


def _currency(text: str) -> str:
    for sign, currency in _SIGNS.items():
        if sign in text:
            return currency
    if _UZBEK_SOM.search(text):
        return "UZS"
    if _KYRGYZ_SOM.search(text):
        return "KGS"
    words = _LETTERS.findall(fold(text))
    return next((code for code, pattern in _CURRENCIES if any(map(pattern.fullmatch, words))), "")


def _international(digits: str) -> str | None:
    for code, shape in _PHONES.values():
        if digits.startswith(code) and shape.fullmatch(digits, len(code)):
            return f"+{digits}"
    return None


def _local(digits: str, country: str) -> str | None:
    """``8 900 ...`` and ``900 ...`` in Russia and Kazakhstan, ``0 555 ...`` in Kyrgyzstan, nine figures elsewhere."""
    if len(digits) == 11 and digits[0] == "8":
        return _international("7" + digits[1:])
    if len(digits) == 10 and digits[0] == "0":
        return _international("996" + digits[1:])
    if country in _PHONES:
        code, shape = _PHONES[country]
        return f"+{code}{digits}" if shape.fullmatch(digits) else None
    return f"+7{digits}" if len(digits) == 10 and digits[0] == "9" else None
