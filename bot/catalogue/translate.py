"""Brings the PO files up to date with the sources: what is new, changed in meaning, moved or gone."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, denormalize, normalize

from bot.catalogue.extract import Source, sources
from bot.catalogue.findings import BrokenCatalogue, Finding
from bot.catalogue.locales import CORRECTED, DOMAINS, TRANSLATED, Locales, Po, domain_of, read_po, unreadable
from bot.catalogue.reading import Reader
from bot.catalogue.shapes import Article
from bot.text import LANGUAGES, SOURCE

_HEADER: Final = {
    "Project-Id-Version": "safar",
    "Language": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}
#: Babel reads ``#| msgid`` as a comment that begins so.
_PREVIOUS: Final = "|"


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What an update did to one PO file."""

    file: str
    new: int
    fuzzy: int
    removed: int


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How far a language is; ``stale`` and ``missing`` hold keys."""

    current: int
    stale: tuple[str, ...]
    missing: tuple[str, ...]


def update(root: Path, typos: Collection[str] = (), *, all_typos: bool = False) -> list[Changed]:
    """Write the PO files that must change. A changed text makes its translations fuzzy, unless its key is in ``typos``.

    Uzbek Cyrillic is made by rule, so its files hold only what was corrected by hand. Raises ``BrokenCatalogue`` for
    files that cannot be read, before anything is written.
    """
    found = list({source.found.key: source for source in sources(root)}.values())
    broken: list[Finding] = []
    written: list[tuple[Path, str, Changed]] = []
    for language in (*TRANSLATED, CORRECTED):
        for domain in DOMAINS:
            path = root / "locales" / language / "LC_MESSAGES" / f"{domain}.po"
            name = path.relative_to(root).as_posix()
            try:
                old = read_po(path) if path.exists() else Po()
            except (PoFileError, UnicodeDecodeError) as error:
                broken.append(unreadable(name, error))
                continue
            needed = [source for source in found if domain_of(source.found.key) == domain]
            merged = _Merge(old, needed, typos, all_typos, empty=language != CORRECTED)
            changed = Changed(
                file=name,
                new=merged.new,
                fuzzy=merged.fuzzy,
                removed=len({message.context for message in merged.obsolete} & {one.context for one in old.entries}),
            )
            written.append((path, _po(language, old, merged), changed))
    if broken:
        raise BrokenCatalogue(broken)
    changes = []
    for path, text, changed in written:
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
            changes.append(changed)
    return changes


def status(root: Path) -> dict[str, Status]:
    """For every language but that of the sources."""
    locales = Locales.load(root / "locales")
    states: dict[str, dict[str, list[str]]] = {
        language: {"current": [], "stale": [], "missing": []} for language in LANGUAGES if language != SOURCE
    }
    for source in sources(root):
        forms = locales.forms(source.found.key, source.found.text)
        for language, keys in states.items():
            keys[forms[language].state].append(source.found.key)
    return {
        language: Status(current=len(keys["current"]), stale=tuple(keys["stale"]), missing=tuple(keys["missing"]))
        for language, keys in states.items()
    }


def wordings(root: Path) -> dict[str, Counter[str]]:
    """For each language how many articles are machine, reviewed, native-checked."""
    reader = Reader(root)
    files = reader.files("content/articles/*/*.yaml", Article).values()
    given: list[dict[str, str]] = [dict.fromkeys(LANGUAGES, "machine") | {**file.shape.wording} for file in files]
    return {language: Counter(one[language] for one in given) for language in LANGUAGES}


class _Merge:
    """One PO file against the texts that it must hold."""

    def __init__(self, old: Po, needed: list[Source], typos: Collection[str], all_typos: bool, empty: bool) -> None:
        self.new = self.fuzzy = 0
        self.messages: list[Message] = []
        keys = {source.found.key for source in needed}
        live = {str(message.context): message for message in old.entries}
        left = {key: message for key, message in live.items() if key not in keys and message.string}
        left |= {str(message.context): message for message in old.obsolete.values()}
        for source in needed:
            key, text, _, _ = source.found
            before = live.get(key)
            if before is None or not before.string:
                before = left.pop(key, None) or left.pop(_moved_from(left, text), None) or before
            if before is None:
                self.new += empty
            message = _message(source, before, is_typo=all_typos or key in typos)
            self.fuzzy += message.fuzzy and not (before is not None and before.fuzzy)
            if empty or message.string:
                self.messages.append(message)
        self.obsolete = [_made_for(left[key]) for key in sorted(left) if _made_for(left[key]).id]


def _moved_from(left: dict[str, Message], text: str) -> str:
    """The key of a translation of this very text that nothing needs any more, "" when there is none."""
    return next((key for key, message in left.items() if message.id == text and not message.fuzzy), "")


def _message(source: Source, before: Message | None, is_typo: bool) -> Message:
    """The entry of a text, with what its older entry knew."""
    _, text, _, _ = source.found
    message = Message(text, "", [(source.file, 0)], auto_comments=source.comments, context=source.found.key)
    message.flags = set()
    if before is None:
        return message
    message.string = before.string
    message.user_comments = [comment for comment in before.user_comments if not comment.startswith(_PREVIOUS)]
    if not before.string:
        return message
    made_for = _previous(before) or str(before.id)
    if before.id != text and is_typo:
        is_fuzzy = before.fuzzy
    elif before.id != text:
        is_fuzzy = made_for != text
    else:
        is_fuzzy = before.fuzzy
    if is_fuzzy:
        message.flags.add("fuzzy")
        if made_for != text:
            message.previous_id = [made_for]
    return message


def _made_for(message: Message) -> Message:
    """A message that goes: under the text that its translation fits, without a text when that is not known."""
    kept = Message(message.id, message.string, context=message.context)
    kept.user_comments = [comment for comment in message.user_comments if not comment.startswith(_PREVIOUS)]
    if message.fuzzy:
        kept.id = _previous(message)
    return kept


def _previous(message: Message) -> str:
    """The ``#| msgid`` of a message as Babel read it, "" when there is none."""
    lines = [comment[1:].strip() for comment in message.user_comments if comment.startswith(_PREVIOUS)]
    text = "\n".join(lines).partition("msgid ")[2]
    return str(denormalize(text)) if text else ""


def _po(language: str, old: Po, merged: _Merge) -> str:
    return "\n".join(
        [
            *(f"# {comment}".rstrip() for comment in old.header.user_comments),
            *_entry(Message("", _header(language, old))),
            *(line for message in merged.messages for line in ("", *_entry(message))),
            *(line for message in merged.obsolete for line in ("", *_entry(message, "#~ "))),
            "",
        ]
    )


def _header(language: str, old: Po) -> str:
    """As the translators' tools left it, in their order; ours are added, never a date."""
    lines = [line.partition(": ") for line in str(old.header.string).splitlines()]
    fields = {name: value for name, _, value in lines if name}
    fields |= {name: value for name, value in _HEADER.items() if name not in fields}
    fields["Language"] = language
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def _entry(message: Message, prefix: str = "") -> Iterator[str]:
    """The lines of a message. Babel's ``write_po`` wraps a previous msgid in the middle of its quotes."""
    if message.id:
        yield from (f"# {comment}".rstrip() for comment in message.user_comments)
    yield from (f"#. {comment}" for comment in message.auto_comments)
    yield from (f"#: {file}" for file, _ in message.locations)
    if message.fuzzy:
        yield "#, fuzzy"
    for previous in message.previous_id:
        yield from _quoted("#| ", "msgid", previous)
    if message.context:
        yield from _quoted(prefix, "msgctxt", message.context)
    yield from _quoted(prefix, "msgid", message.id)
    yield from _quoted(prefix, "msgstr", message.string)


def _quoted(prefix: str, keyword: str, text: object) -> Iterable[str]:
    assert isinstance(text, str)
    return (prefix + line for line in f"{keyword} {normalize(text)}".split("\n"))
