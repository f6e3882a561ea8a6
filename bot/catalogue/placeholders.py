"""Texts with placeholders, read once into parts: ``{fact:KEY}``, ``{point:KEY.phone}``, ``{answers.x}``, ``*bold*``.

A text is data and never a template: values are put in once, literally, and what is not in ``_SLOT`` is never looked up.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from bot.catalogue.model import Literal_, Part, Slot

#: What a person's profile may hold; ``{profile.x}`` names one of these.
PROFILE: Final = (
    *("language", "citizenship", "country", "city", "region", "stage", "share"),
    *("alerts", "alerts_without", "alerts_again", "follows"),
)

_SLOT: Final = re.compile(
    rf"""
      fact:(?P<fact>[a-z0-9_]+)(?:\[(?P<at>(?:profile|answers)\.[a-z][a-z0-9_]*|[A-Za-z0-9_-]+)\])?
    | point:(?P<point>[A-Za-z0-9_-]+)(?:\.(?P<field>phone|name))?
    | profile\.(?P<profile>{"|".join(PROFILE)})
    | person\.(?P<person>name|who|languages|when)
    | answers\.(?P<answers>[a-z][a-z0-9_]*)
    | (?P<value>[a-z][a-z0-9_]*)
    """,
    re.VERBOSE,
)
_TOKEN: Final = re.compile(r"\{\{|\}\}|\{[^{}\n]*\}|[{}*]")
_DIGITS: Final = re.compile(r"\d+")
_LINK: Final = re.compile(r"(?:https?://|\bwww\.|\bt\.me/)[^\s<>\"»)]+|(?<![\w.+-])[\w.+-]{0,64}@[\w.-]*\w")
_LINK_SIGNS: Final = ("@", "/", "www.")
_USE: Final = "write {fact:KEY}, {point:KEY}, {answers.NAME}, {profile.NAME} or {today}"


def _slot(inside: str, bold: bool) -> Slot | None:
    found = _SLOT.fullmatch(inside)
    match found and found.lastgroup:
        case None:
            return None
        case "fact" | "at":
            assert found
            return Slot(kind="fact", name=found["fact"], of=found["at"] or "", bold=bold)
        case "point" | "field":
            assert found
            return Slot(kind="point", name=found["point"], of=found["field"] or "", bold=bold)
        case "profile":
            return Slot(kind="profile", name=inside.partition(".")[2], bold=bold)
        case "person":
            return Slot(kind="person", name=inside.partition(".")[2], bold=bold)
        case "answers":
            return Slot(kind="answers", name=inside.partition(".")[2], bold=bold)
        case _:
            return Slot(kind="today", bold=bold) if inside == "today" else Slot(kind="value", name=inside, bold=bold)


def parse(text: str) -> tuple[tuple[Part, ...], list[str]]:
    """The parts of a text, and what is wrong with it: sentences of the form ``what is wrong; what to do``.

    ``{name}`` of one word becomes a slot of kind ``value``: allowed in phrases only, which the caller checks.
    """
    if text and _TOKEN.search(text) is None:
        return (Literal_(text=text),), []
    parts: list[Part] = []
    problems: list[str] = []
    literal = ""
    bold = False
    end = opened = 0

    def flush() -> None:
        nonlocal literal
        if literal:
            parts.append(Literal_(text=literal, bold=bold))
            literal = ""

    for token in _TOKEN.finditer(text):
        literal += text[end : token.start()]
        end = token.end()
        match mark := token[0]:
            case "{{" | "}}":
                literal += mark[0]
            case "*":
                if bold and end == opened + 1:
                    problems.append('"**" makes nothing bold; write one star on each side: *bold*')
                flush()
                bold, opened = not bold, end
            case "{" | "}":
                problems.append(f'the brace "{mark}" has no partner; close the placeholder, or write "{mark * 2}"')
                literal += mark
            case _:
                slot = _slot(mark[1:-1], bold)
                if slot is None:
                    problems.append(f"{mark} is not a placeholder; {_USE}")
                    literal += mark
                else:
                    flush()
                    parts.append(slot)
    literal += text[end:]
    if bold:
        problems.append("a bold passage is opened by * and never closed; write a star on each side: *bold*")
    flush()
    return tuple(parts), problems


def slots(parts: Iterable[Part]) -> Counter[str]:
    """How often each placeholder stands in a text: equal for a source and a translation that lost nothing."""
    return Counter(str(part) for part in parts if isinstance(part, Slot))


def literals(parts: Iterable[Part]) -> str:
    """What was typed by hand, a space in the place of each placeholder."""
    return "".join(part.text if isinstance(part, Literal_) else " " for part in parts)


def digits(parts: Iterable[Part]) -> list[str]:
    """The runs of digits that were typed by hand, in order."""
    return _DIGITS.findall(literals(parts))


def links(parts: Iterable[Part]) -> list[str]:
    """The links, e-mail addresses and handles that were typed by hand, in order."""
    text = literals(parts)
    if not any(sign in text for sign in _LINK_SIGNS):
        return []
    return [link.rstrip(".,;:!?") for link in _LINK.findall(text)]
