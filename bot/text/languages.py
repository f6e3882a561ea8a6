"""The languages that Safar speaks: one row each, in the order in which they are offered."""

from typing import Final

import msgspec


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` names the folder in ``locales/``; ``tag`` is BCP 47, for pages and messengers."""

    code: str
    tag: str
    own_name: str
    script: str
    #: Where a text is looked for when this language lacks it, after the language itself.
    fallback: tuple[str, ...]
    #: CLDR plural categories that our texts distinguish; in uz, tg and ky a noun after a number stays singular.
    plurals: tuple[str, ...]


#: The language of the texts in ``flows/`` and ``content/``.
SOURCE: Final = "ru"

LANGUAGES: Final[dict[str, Language]] = {
    language.code: language
    for language in (
        Language(code="ru", tag="ru", own_name="Русский", script="Cyrl", fallback=(), plurals=("one", "few", "many")),
        Language(code="uz", tag="uz", own_name="Oʻzbekcha", script="Latn", fallback=("ru",), plurals=("other",)),
        Language(
            code="uz_Cyrl", tag="uz-Cyrl", own_name="Ўзбекча", script="Cyrl", fallback=("uz", "ru"), plurals=("other",)
        ),
        Language(code="tg", tag="tg", own_name="Тоҷикӣ", script="Cyrl", fallback=("ru",), plurals=("other",)),
        Language(code="ky", tag="ky", own_name="Кыргызча", script="Cyrl", fallback=("ru",), plurals=("other",)),
    )
}


def from_tag(tag: str) -> str | None:
    """The code for a BCP 47 tag or a messenger's language code (``uz-Cyrl-UZ``, ``ky_KG``), None when not ours."""
    parts = tag.replace("_", "-").lower().split("-")
    if parts[0] == "uz" and "cyrl" in parts[1:]:
        return "uz_Cyrl"
    return parts[0] if parts[0] in LANGUAGES else None
