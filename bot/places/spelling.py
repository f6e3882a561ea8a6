"""Russian names in Uzbek Latin letters, as Uzbek newspapers write them: Yekaterinburg, Nijniy Novgorod."""

import re
from typing import Final

_LETTERS: Final = {
    **dict(zip("абвгдежзийклмнопрстуфхыэ", "abvgdejziyklmnoprstufxie", strict=True)),
    **{"ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ё": "yo"},
    **{"ъ": "", "ь": ""},
}
#: Е is heard as "ye" at the beginning, after a vowel and after the signs.
_YE: Final = re.compile("(?:(?<![а-яёА-ЯЁ])|(?<=[аеёиоуыэюяъьАЕЁИОУЫЭЮЯЪЬ]))[еЕ]")
_CYRILLIC: Final = re.compile("[а-яёА-ЯЁ]")


def uzbek_latin(russian: str) -> str:
    """The Russian words in Uzbek Latin letters; what is not Russian stays as it is."""
    return _CYRILLIC.sub(_letter, _YE.sub(_ye, russian))


def _ye(found: re.Match[str]) -> str:
    return "Ye" if found[0] == "Е" else "ye"


def _letter(found: re.Match[str]) -> str:
    letter = found[0]
    latin = _LETTERS[letter.lower()]
    return latin if letter.islower() else latin.capitalize()
