"""A rule in plain Russian, for whoever looks at an alert: "граждане Узбекистана, в России, кроме Москвы".

What a stored rule asks and nobody knows any more is said as it is stored.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.delivery.broadcasts.rule import All, Any, Is, Key, Not, Rule
from bot.places import Gazetteer
from bot.text import SOURCE, format_quantity

#: Code -> of what, in what.
_COUNTRIES: Final[Mapping[str, tuple[str, str]]] = {
    "RU": ("России", "в России"),
    "KZ": ("Казахстана", "в Казахстане"),
    "UZ": ("Узбекистана", "в Узбекистане"),
    "TJ": ("Таджикистана", "в Таджикистане"),
    "KG": ("Кыргызстана", "в Кыргызстане"),
}
_LANGUAGES: Final = {
    "ru": "по-русски",
    "uz": "по-узбекски латиницей",
    "uz_Cyrl": "по-узбекски кириллицей",
    "tg": "по-таджикски",
    "ky": "по-кыргызски",
}
_STAGES: Final = {"before": "готовится к поездке", "there": "уже за границей", "back": "вернулся домой"}
_CHANNELS: Final = {
    "telegram": "в Telegram",
    "whatsapp": "в WhatsApp",
    "web": "на веб-странице",
    "terminal": "в терминале",
}
TOPICS: Final = {
    "documents": "документы",
    "work": "работа и зарплата",
    "money": "жильё и деньги",
    "health": "здоровье",
    "children": "семья и дети",
    "police": "полиция и запреты",
    "home": "дорога домой",
}
#: Cities that are regions: in which, without which.
_CASES: Final = {"Москва": ("в Москве", "Москвы"), "Санкт-Петербург": ("в Санкт-Петербурге", "Санкт-Петербурга")}
#: In one, without one; in several, without several.
_AREAS: Final = {
    "region": ("в регионе", "региона", "в регионах", "регионов"),
    "city": ("в городе", "города", "в городах", "городов"),
}


def say_rule(rule: Rule, places: Gazetteer) -> str:
    return _Saying(places).whole(rule)


class _Saying:
    def __init__(self, places: Gazetteer) -> None:
        self._places = places

    def whole(self, rule: Rule) -> str:
        match rule:
            case Is():
                return self._test(rule)[0]
            case Not(of=Not(of=one)):
                return self.whole(one)
            case Not(of=one):
                return f"все, {self._without(one)}"
            case All(of=()):
                return "все"
            case Any(of=()):
                return "никто"
            case All(of=of):
                some = [self._part(one) for one in of if not isinstance(one, Not)]
                return ", ".join([*(some or ["все"]), *(self._without(one.of) for one in of if isinstance(one, Not))])
            case Any(of=of):
                return " или ".join(map(self._part, of))

    def _part(self, rule: Rule) -> str:
        words = self.whole(rule)
        return words if isinstance(rule, Is) or (isinstance(rule, All | Any) and len(rule.of) < 2) else f"({words})"

    def _without(self, rule: Rule) -> str:
        return f"кроме {self._test(rule)[1] if isinstance(rule, Is) else f'тех, о ком верно: ({self.whole(rule)})'}"

    def _test(self, test: Is) -> tuple[str, str]:
        """Who they are, and whom one leaves out."""
        key, values = test.key, test.values
        if not values:
            return "никто", "никого"
        if key == "citizenship":
            countries = _joined([_COUNTRIES[value][0] if value in _COUNTRIES else value for value in values], "и")
            return f"граждане {countries}", f"граждан {countries}"
        if key in ("region", "city"):
            return self._where(key, values)
        if key == "seen":
            days = format_quantity(int(values[0]), "days", SOURCE) if values[0].isdecimal() else values[0]
            said = f"кто писал за последние {days}".replace("\xa0", " ")
        elif key == "topic":
            said = f"кто следит за темами: {_named(TOPICS, values)}"
        elif key == "language":
            said = f"кто читает {_named(_LANGUAGES, values)}"
        elif key == "stage":
            said = f"кто {_named(_STAGES, values)}"
        else:
            names = {code: where for code, (_, where) in _COUNTRIES.items()} if key == "country" else _CHANNELS
            said = f"кто {_named(names, values)}"
            return said.removeprefix("кто "), f"тех, {said}"
        return said, f"тех, {said}"

    def _where(self, key: Key, values: Sequence[str]) -> tuple[str, str]:
        names = [self._name(key, value) for value in values]
        if len(names) == 1 and names[0] in _CASES:
            return _CASES[names[0]]
        one, of_one, many, of_many = _AREAS[key]
        if len(names) == 1:
            return f"{one} {names[0]}", f"{of_one} {names[0]}"
        return f"{many} {_joined(names, 'или')}", f"{of_many} {_joined(names, 'и')}"

    def _name(self, key: Key, value: str) -> str:
        """The value itself where the catalogue knows it no more."""
        place = self._places.region(value) if key == "region" else self._places.get(value)
        return place.name(SOURCE) if place else value


def _named(names: Mapping[str, str], values: Sequence[str]) -> str:
    return _joined([names.get(value, value) for value in values], "или")


def _joined(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
