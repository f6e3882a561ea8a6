"""The texts of our YAML files with their keys: one walk for ``pybabel extract``, ``safar translate`` and the loader."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import IO, Final, Literal, NamedTuple

import yaml

from bot.catalogue.findings import BrokenCatalogue, Finding
from bot.catalogue.hiding import why_hidden
from bot.catalogue.model import Place

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Kind = Literal["flow", "article", "phrases", "facts", "points", "deadlines", "templates", "asking", "organisations"]


class Found(NamedTuple):
    """A text under its key; ``line`` and ``column`` count from 1. A list of words is one text, joined with ``, ``."""

    key: str
    text: str
    line: int
    column: int


def kind_of(path: PurePath) -> Kind | None:
    """What a YAML file of the project holds, None when nothing in it is translated."""
    match path.parts:
        case (*_, "flows", _):
            return "flow"
        case (*_, "content", "articles", _, _):
            return "article"
        case (*_, "content", "phrases.yaml"):
            return "phrases"
        case (*_, "content", "organisations.yaml"):
            return "organisations"
        case (*_, "content", "asking.yaml"):
            return "asking"
        case (*_, "content", "facts", _):
            return "facts"
        case (*_, "content", "help_points", _):
            return "points"
        case (*_, "content", "deadlines", _):
            return "deadlines"
        case (*_, "content", "templates", _):
            return "templates"
        case _:
            return None


def texts(kind: Kind, file_id: str, node: yaml.Node | None) -> Iterator[Found]:
    """Every text of a composed file, in file order. ``file_id`` is the flow's or article's id (the file's stem).

    What has a wrong shape is passed over: saying so is the loader's work.
    """
    match kind:
        case "flow":
            yield from _flow(f"flows.{file_id}", node)
        case "article":
            yield from _article(f"articles.{file_id}", node)
        case "phrases":
            for key, value in _items(node):
                yield from _text(f"phrases.{key}", value)
        case "facts":
            for key, fact in _items(node):
                yield from _fact(f"facts.{key}.values", dict(_items(fact)))
        case "points":
            for point in _sequence(node):
                yield from _point(dict(_items(point)))
        case "organisations":
            for organisation in map(dict, map(_items, _sequence(node))):
                for name in ("name", "who"):
                    yield from _text(f"organisations.{_scalar(organisation.get('id'))}.{name}", organisation.get(name))
        case "asking":
            for need, asked in _items(node):
                for name, value in _items(asked):
                    yield from _text(f"asking.{need}.{name}", value)
        case "deadlines":
            for key, rule in _items(node):
                for name, value in _items(rule):
                    if name in {"title", "action", "consequence"}:
                        yield from _text(f"deadlines.{key}.{name}", value)
        case "templates":
            template = dict(_items(node))
            yield from _text(f"templates.{file_id}.body", template.get("body"))
            for number, label in enumerate(_sequence(template.get("buttons")), 1):
                yield from _text(f"templates.{file_id}.buttons.{number}", label)


def _flow(key: str, node: yaml.Node | None) -> Iterator[Found]:
    for name, value in _items(node):
        match name:
            case "title":
                yield from _text(f"{key}.title", value)
            case "open_with":
                yield from _words(f"{key}.open_with", value)
            case "nodes":
                for node_name, inside in _items(value):
                    yield from _node(f"{key}.{node_name}", inside)


def _node(key: str, node: yaml.Node) -> Iterator[Found]:
    for name, value in _items(node):
        match name:
            case "ask" | "retry":
                yield from _text(f"{key}.{name}", value)
            case "say" | "text" | "end":
                yield from _branches(f"{key}.{name}", value)
            case "choices":
                for choice, label in _items(value):
                    yield from _option(f"{key}.choices.{choice}", label)
            case "menu":
                for line in _sequence(value):
                    if isinstance(line, yaml.MappingNode):
                        # by where it leads: a line that is moved keeps its translation
                        yield from _option(f"{key}.menu.{_scalar(dict(_items(line)).get('go'))}", line)


def _option(key: str, node: yaml.Node) -> Iterator[Found]:
    yield from _text(key, node)
    for name, value in _items(node):
        match name:
            case "label":
                yield from _text(key, value)
            case "also":
                yield from _words(f"{key}.also", value)


def _article(key: str, node: yaml.Node | None) -> Iterator[Found]:
    for name, value in _items(node):
        match name:
            case "title":
                yield from _text(f"{key}.title", value)
            case "answer" | "careful" | "today":
                yield from _branches(f"{key}.{name}", value)
            case "steps":
                for number, step in enumerate(_sequence(value), 1):
                    yield from _branches(f"{key}.steps.{number}", step)


def _fact(key: str, fact: Mapping[str, yaml.Node]) -> Iterator[Found]:
    """Words only: a number is printed by rule. A second value for the same ``at`` (other dates) gets ``.2``."""
    if _scalar(fact.get("unit")) != "text":
        return
    yield from _text(f"{key}.all", fact.get("value"))
    seen: dict[str, int] = {}
    for entry in _sequence(fact.get("values")):
        fields = dict(_items(entry))
        at = _scalar(fields.get("at")) or "all"
        seen[at] = seen.get(at, 0) + 1
        yield from _text(f"{key}.{at}" + (f".{seen[at]}" if seen[at] > 1 else ""), fields.get("value"))


def _point(point: Mapping[str, yaml.Node]) -> Iterator[Found]:
    """The texts of a point that people may see: of others nothing is translated."""
    hidden = why_hidden(
        status=_scalar(point.get("status")),
        confidence=_scalar(point.get("confidence")),
        marks=[_scalar(mark) for mark in _sequence(point.get("marks"))],
    )
    if not hidden:
        for name in ("name", "bring", "say"):
            yield from _text(f"points.{_scalar(point.get('id'))}.{name}", point.get(name))


def _branches(key: str, node: yaml.Node) -> Iterator[Found]:
    """A plain text keeps the key; branches get ``.1``, ``.2`` ..."""
    yield from _text(key, node)
    for number, branch in enumerate(_sequence(node), 1):
        yield from _text(f"{key}.{number}", dict(_items(branch)).get("text"))


def _text(key: str, node: yaml.Node | None) -> Iterator[Found]:
    if isinstance(node, yaml.ScalarNode) and node.tag == _STRING and node.value.strip():
        yield Found(key, node.value.strip(), node.start_mark.line + 1, node.start_mark.column + 1)


def _words(key: str, node: yaml.Node) -> Iterator[Found]:
    words = [word.value.strip() for word in _sequence(node) if isinstance(word, yaml.ScalarNode)]
    if any(words):
        yield Found(key, ", ".join(filter(None, words)), node.start_mark.line + 1, node.start_mark.column + 1)


_STRING: Final = "tag:yaml.org,2002:str"


def _scalar(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _sequence(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _items(node: yaml.Node | None) -> list[tuple[str, yaml.Node]]:
    return [(_scalar(key), value) for key, value in node.value] if isinstance(node, yaml.MappingNode) else []


class Source(NamedTuple):
    """A text with its file, as a place that translators see, and the comment lines above it."""

    found: Found
    file: str
    comments: list[str]


def sources(root: Path) -> Iterator[Source]:
    """Every text below ``root``, in the order of files and lines. Raises ``BrokenCatalogue`` for a broken file."""
    for path in sorted([*root.glob("flows/*.yaml"), *root.glob("content/**/*.yaml")]):
        name = path.relative_to(root).as_posix()
        try:
            with path.open("rb") as file:
                yield from [Source(found, name, comments) for found, comments in _read(file)]
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
            at = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
            what = "this is not YAML in UTF-8"
            raise BrokenCatalogue([Finding(at=at, rule="bad-yaml", what=what, remedy="run: safar check")]) from error


def extract(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: Mapping[str, str]
) -> Iterable[tuple[int, str, tuple[str, str], list[str]]]:
    """The entry point that Babel calls: line, function, (context, text), comments for the translator."""
    for found, comments in _read(fileobj):
        yield found.line, "pgettext", (found.key, found.text), comments


def _read(file: IO[bytes]) -> Iterator[tuple[Found, list[str]]]:
    path = PurePath(file.name)
    kind = kind_of(path)
    if kind is None:
        return
    lines = file.read().decode("utf-8").splitlines()
    for found in texts(kind, path.stem, yaml.compose("\n".join(lines), Loader=_Loader)):
        yield found, _comments_above(lines, found.line)


def _comments_above(lines: list[str], line: int) -> list[str]:
    """The comment lines that stand right above ``line`` (from 1)."""
    found: list[str] = []
    for above in reversed(lines[: line - 1]):
        stripped = above.strip()
        if not stripped.startswith("#"):
            break
        found.append(stripped.lstrip("# "))
    return found[::-1]
