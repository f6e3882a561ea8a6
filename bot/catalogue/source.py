"""Reads one YAML file: safely, strictly, with the place of every key and value.

PyYAML's C parser gives the events; the walk is our own, because YAML itself is wider than an editor needs and
``safe_load`` turns ``NO`` into False, ``12:30`` into 750, and 607 bytes into a minute of work (THREATS T56). Here
every scalar stays the string that was typed.
"""

import re
from pathlib import Path
from typing import Final

import yaml

from bot.catalogue.document import Document, Unreadable, place_of
from bot.catalogue.findings import Finding
from bot.catalogue.model import Place
from bot.catalogue.walk import Stop, Walk

MAX_BYTES: Final = 512 * 1024

#: Control characters, and those that hide or turn around what an editor sees (bidi overrides, zero width).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_INDENTED_BY_TAB = re.compile(r"^ *\t", re.MULTILINE)


def read(path: Path, file: str) -> bytes:
    """What stands in the file at ``path``; ``file`` is the name to show. Raises ``Unreadable``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(_too_big(file))
        return path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        raise Unreadable(Finding(at=Place(file), rule="unreadable", what=what, remedy="check its rights")) from None


def parse(raw: bytes, file: str) -> Document:
    """Make a document of the bytes of a file. Raises ``Unreadable``."""
    text = _decode(raw, file)
    if "\t" in text and (found := _INDENTED_BY_TAB.search(text)):
        at = _place(text, found.end() - 1, file)
        raise Unreadable(
            Finding(at=at, rule="tab", what="the line is indented with a tab", remedy="use spaces, two for each level")
        )
    if "%" in text and (found := _DIRECTIVE.search(text)):
        at = _place(text, found.start(), file)
        raise Unreadable(
            Finding(at=at, rule="bad-yaml", what='a line begins with "%"', remedy='put the text into quotes "..."')
        )
    walk = Walk(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            walk.take(event)
    except Stop:
        pass
    except yaml.YAMLError as error:
        walk.findings.append(_not_yaml(error, file))
    if not walk.findings and walk.document is None:
        walk.findings.append(
            Finding(
                at=Place(file), rule="empty-file", what="the file is empty", remedy="write its content, or remove it"
            )
        )
    if walk.findings:
        raise Unreadable(*walk.findings)
    assert walk.document is not None
    return walk.document


def _decode(raw: bytes, file: str) -> str:
    if len(raw) > MAX_BYTES:
        raise Unreadable(_too_big(file))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:4]:
        what = "the file is saved as UTF-16"
        raise Unreadable(Finding(at=Place(file), rule="wrong-encoding", what=what, remedy="save it as UTF-8"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        at = _place(before, len(before), file)
        what = "the file is not UTF-8 (it may be Windows-1251)"
        raise Unreadable(Finding(at=at, rule="wrong-encoding", what=what, remedy="save it as UTF-8")) from None
    if found := _HIDDEN.search(text):
        at = _place(text, found.start(), file)
        what = f"there is an invisible character (U+{ord(found[0]):04X})"
        raise Unreadable(Finding(at=at, rule="bad-character", what=what, remedy="delete it"))
    return text


def _too_big(file: str) -> Finding:
    what = f"the file is larger than {MAX_BYTES // 1024} KB"
    return Finding(at=Place(file), rule="too-big", what=what, remedy="split it into several files")


def _place(text: str, index: int, file: str) -> Place:
    start = text.rfind("\n", 0, index) + 1
    return Place(file, text.count("\n", 0, index) + 1, index - start + 1)


#: What libyaml says -> what is wrong in plain words, and the remedy.
_PLAIN_WORDS: Final = {
    "mapping values are not allowed in this context": (
        "there is a second colon, or the line is indented wrongly",
        'put the text into quotes "...", or move the line to the others of its level',
    ),
    "could not find expected ':'": ("the line is neither a key with a colon nor part of a text", "write `key: text`"),
    "found unexpected end of stream": ("a quotation mark is opened and never closed", "close it"),
    "did not find expected ',' or ']'": ("a list [ is not closed, or lacks a comma", "close it with ]"),
    "did not find expected ',' or '}'": ("a mapping { is not closed, or lacks a comma", "close it with }"),
    "did not find expected key": ("the line does not fit those above it", "indent it like the others of its level"),
    "did not find expected '-' indicator": ("a list is mixed with something else", "indent it like the list's lines"),
    "found character that cannot start any token": ("a text begins with a special sign", 'put it into quotes "..."'),
    "found unknown escape character": ('a backslash inside "..." means something else', "use '...' or two backslashes"),
}


def _not_yaml(error: yaml.YAMLError, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or "the file is not YAML"
    what, remedy = _PLAIN_WORDS.get(problem, (problem, "compare the line with a file that works"))
    if problem == "found unexpected end of stream" and (opened := getattr(error, "context_mark", None)):
        mark = opened
    at = place_of(mark, file) if mark is not None else Place(file)
    return Finding(at=at, rule="bad-yaml", what=what, remedy=remedy)
