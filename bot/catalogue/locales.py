"""The translations of ``locales/``: read from PO files and held against the source texts, a state for each."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal

import msgspec
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

from bot.catalogue.findings import Finding
from bot.catalogue.model import Form, Literal_, Part, Place, Text
from bot.catalogue.placeholders import digits, links, parse, slots
from bot.text import LANGUAGES, SOURCE, has_hidden, to_cyrillic

DOMAINS: Final = ("flows", "articles", "phrases")
#: The PO file of texts that have none of their own; else phrases.
_HELD_BY: Final[Mapping[str, str]] = {"deadlines": "articles"}
#: Translated in full. Uzbek Cyrillic is made from Uzbek Latin, save where it is corrected by hand.
TRANSLATED: Final = ("uz", "tg", "ky")
CORRECTED: Final = "uz_Cyrl"

#: Lists of words that people type: each language has its own, numbers and all.
_TYPED: Final = (".also", ".open_with")

State = Literal["current", "stale", "missing"]


class Message_(msgspec.Struct, frozen=True, kw_only=True):  # noqa: N801 - "Message" is Babel's
    """One translated text of a PO file. ``source`` is the text that it was made for."""

    key: str
    source: str
    text: str
    fuzzy: bool
    at: Place


class _Judged(msgspec.Struct, frozen=True):
    """What a translation is worth. ``parts`` are empty when it may not be shown."""

    state: State
    parts: tuple[Part, ...]
    #: rule, what is wrong, what to do
    faults: tuple[tuple[str, str, str], ...] = ()


_MISSING: Final = _Judged("missing", ())


class _Held(msgspec.Struct, frozen=True):
    """What must be the same in a source and its translation, in any order."""

    slots: Counter[str]
    digits: list[str]
    links: list[str]

    @classmethod
    def of(cls, parts: tuple[Part, ...]) -> "_Held":
        return cls(slots(parts), sorted(digits(parts)), sorted(links(parts)))


class Locales(msgspec.Struct, frozen=True, kw_only=True):
    """All translations, by language and key. ``broken`` is what could not be read, as findings; ``digest`` is the
    files'."""

    messages: Mapping[str, Mapping[str, Message_]]
    broken: tuple[Finding, ...] = ()
    digest: bytes = b""

    @classmethod
    def load(cls, folder: Path) -> "Locales":
        """Read the PO files of every language; a file that is absent is an empty one."""
        broken: list[Finding] = []
        messages: dict[str, dict[str, Message_]] = {}
        digest = blake2b(digest_size=16)
        for language in (*TRANSLATED, CORRECTED):
            here = messages[language] = {}
            for domain in DOMAINS:
                path = folder / language / "LC_MESSAGES" / f"{domain}.po"
                if path.exists():
                    shown, content = path.relative_to(folder.parent).as_posix(), path.read_bytes()
                    digest.update(b"%s\0%d\0%s" % (shown.encode(), len(content), content))
                    _read(content, shown, here, broken)
        return cls(messages=messages, broken=tuple(broken), digest=digest.digest())

    def forms(self, key: str, source: str) -> Mapping[str, Form]:
        """The text in every language of the registry; what lacks a translation stands in its fallback language."""
        own, _ = parse(source)
        held = _Held.of(own)
        forms = {SOURCE: Form(parts=own, language=SOURCE)}
        for language in TRANSLATED:
            judged = self._judge(language, key, source, held)
            if judged.parts:
                forms[language] = Form(parts=judged.parts, language=language, state=judged.state)
            else:
                forms[language] = Form(parts=own, language=SOURCE, state="missing")
        forms[CORRECTED] = self._cyrillic(key, source, held, forms["uz"])
        return {language: forms[language] for language in LANGUAGES}

    def findings(self, texts: Iterable[Text]) -> list[Finding]:
        """What is wrong with the translations of these texts, which are all that are needed."""
        found = list(self.broken)
        needed: set[str] = set()
        for text in texts:
            needed.add(text.key)
            found.extend(self._faults(text))
        for language, messages in self.messages.items():
            found.extend(
                Finding(
                    at=message.at,
                    rule="unused-translation",
                    what=f'no text has the key "{key}" ({language})',
                    remedy="run: safar translate update",
                    level="warning",
                )
                for key, message in messages.items()
                if key not in needed
            )
        return found

    def completeness(self, texts: Iterable[Text]) -> dict[str, float]:
        """For each language the share of these texts that are current, 0 to 1."""
        texts = tuple(texts)
        return {
            language: sum(text.forms[language].state == "current" for text in texts) / len(texts) if texts else 1.0
            for language in LANGUAGES
        }

    def _judge(self, language: str, key: str, source: str, own: _Held) -> _Judged:
        message = self.messages.get(language, {}).get(key)
        if message is None or not message.text:
            return _MISSING
        parts, problems = parse(message.text)
        faults = [("lost-placeholder", what, remedy) for what, _, remedy in (line.partition("; ") for line in problems)]
        if not key.endswith(_TYPED):
            faults += _differences(own, _Held.of(parts))
        if has_hidden(message.text):
            faults.append(("hidden-character", "the translation holds invisible characters", "type it anew"))
        if message.fuzzy or message.source != source:
            return _Judged("stale", () if faults else parts)
        return _Judged("missing", (), tuple(faults)) if faults else _Judged("current", parts)

    def _cyrillic(self, key: str, source: str, own: _Held, latin: Form) -> Form:
        corrected = self._judge(CORRECTED, key, source, own)
        if corrected.state == "current":
            return Form(parts=corrected.parts, language=CORRECTED)
        if latin.language != "uz":
            return Form(parts=latin.parts, language=latin.language, state="missing")
        parts = tuple(
            Literal_(text=to_cyrillic(part.text), bold=part.bold) if isinstance(part, Literal_) else part
            for part in latin.parts
        )
        return Form(parts=parts, language=CORRECTED, state=latin.state)

    def _faults(self, text: Text) -> Iterator[Finding]:
        own = _Held.of(text.forms[SOURCE].parts)
        for language in (*TRANSLATED, CORRECTED):
            message = self.messages.get(language, {}).get(text.key)
            if text.forms[language].state == "current" and (language != CORRECTED or message is None):
                continue
            judged = self._judge(language, text.key, text.source, own)
            at = message.at if message else text.at
            name = f"{text.key} ({language})"
            for rule, what, remedy in judged.faults:
                yield Finding(at=at, rule=rule, what=f"{name}: {what}", remedy=remedy)
            if judged.state == "stale":
                shown = "" if judged.parts or language == CORRECTED else ", and is not shown: placeholders differ"
                yield Finding(
                    at=at,
                    rule="stale-translation",
                    what=f"{name} was translated from an older text{shown}",
                    remedy="bring the translation up to date, then remove the fuzzy mark",
                    level="warning",
                )
            elif judged is _MISSING and language != CORRECTED:
                yield Finding(
                    at=at,
                    rule="missing-translation",
                    what=f"{name} has no translation, so people read it in another language",
                    remedy=f"translate it in locales/{language}/LC_MESSAGES/{domain_of(text.key)}.po",
                    level="warning",
                )


def domain_of(key: str) -> str:
    """The PO file, without ``.po``, that holds a key."""
    head = key.partition(".")[0]
    return head if head in DOMAINS else _HELD_BY.get(head, "phrases")


def _differences(own: _Held, here: _Held) -> Iterator[tuple[str, str, str]]:
    if own == here:
        return
    if lost := own.slots - here.slots:
        yield "lost-placeholder", f"{', '.join(sorted(lost))} is missing", "write it exactly as in the source"
    if invented := here.slots - own.slots:
        yield "lost-placeholder", f"{', '.join(sorted(invented))} is not in the source", "remove it"
    for rule, word, ours, theirs in (
        ("number-differs", "numbers", own.digits, here.digits),
        ("link-differs", "links", own.links, here.links),
    ):
        if ours != theirs:
            what = f"{word} here: {', '.join(theirs) or 'none'}; in the source: {', '.join(ours) or 'none'}"
            yield rule, what, f"write the same {word}"


class Po(Catalog):
    """What Babel's parser reads, message by message: a plain ``Catalog`` would merge messages of one key unseen."""

    def __init__(self) -> None:
        super().__init__()
        self.header = Message("", "")
        self.entries: list[Message] = []

    def __setitem__(self, id: object, message: Message) -> None:
        if id:
            self.entries.append(message)
        else:
            self.header = message


#: Keyword -> what it may follow, in a message or after the one before.
_AFTER: Final = {
    "msgctxt": {"", "msgstr"},
    "msgid": {"", "msgctxt", "msgstr"},
    "msgid_plural": {"msgid"},
    "msgstr": {"msgid", "msgid_plural", "msgstr"},
    '"': {"msgctxt", "msgid", "msgid_plural", "msgstr"},
}
_LINE: Final = re.compile(r'(?:#~ ?)?(?P<word>msg[a-z_]+|(?="))(?:\[\d\])?\s*"(?:[^"\\]|\\.)*"')


def _misplaced(lines: Iterable[str]) -> tuple[int, str] | None:
    """The first line (from 0) that Babel would take for something else: it cuts a string without its closing quote,
    and gives a msgstr without its msgid to the next message."""
    last = ""
    for number, line in enumerate(map(str.strip, lines)):
        if not line or (line[0] == "#" and line[:2] != "#~"):
            continue
        found = _LINE.fullmatch(line)
        word = (found["word"] or '"') if found else ""
        if word not in _AFTER:
            return number, "neither a comment nor a keyword with a text in quotes"
        if last not in _AFTER[word]:
            return number, f"{word} does not belong here"
        last = last if word == '"' else word
    return None


def read_po(path: Path) -> Po:
    """Raises ``PoFileError`` with ``lineno`` (from 0), or ``UnicodeDecodeError``. The result is shared."""
    return _parsed(path.read_bytes())


@lru_cache(maxsize=64)
def _parsed(content: bytes) -> Po:
    """Kept by content: a reload after an edit elsewhere reads no PO file again."""
    found = Po()
    lines = content.decode("utf-8").replace("\r\n", "\n").split("\n")
    if misplaced := _misplaced(lines):
        number, what = misplaced
        raise PoFileError(what, found, lines[number], number)
    parser = PoFileParser(found, abort_invalid=True)
    try:
        parser.parse(lines)
    except (IndexError, ValueError, AttributeError, AssertionError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        raise PoFileError("a message lacks its msgid or its quotes", found, "", parser.offset) from error
    return found


def unreadable(shown: str, error: PoFileError | UnicodeDecodeError) -> Finding:
    """What kept a PO file from being read, at its line."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        what, remedy = "the file is not UTF-8", "save it as UTF-8"
    else:
        line = error.lineno + 1
        what = f"not a PO file from here on ({str(error).rpartition(' on ')[0]})"
        remedy = "mend the line, or restore the file"
    return Finding(at=Place(shown, line), rule="po-syntax", what=what, remedy=remedy)


def _read(content: bytes, shown: str, into: dict[str, Message_], broken: list[Finding]) -> None:
    def report(line: int, what: str, remedy: str) -> None:
        broken.append(Finding(at=Place(shown, line), rule="po-syntax", what=what, remedy=remedy))

    try:
        entries = _parsed(content).entries
    except (UnicodeDecodeError, PoFileError) as error:
        broken.append(unreadable(shown, error))
        return
    for entry in entries:
        line = entry.lineno or 1
        if not isinstance(entry.id, str) or not isinstance(entry.string, str):
            report(line, "a message with plural forms", "write one msgid and one msgstr")
        elif entry.context is None:
            report(line, "a message without msgctxt", "run: safar translate update")
        elif entry.context in into:
            report(line, f'the key "{entry.context}" stands twice', "remove one of the two")
        else:
            into[entry.context] = Message_(
                key=entry.context,
                source=entry.id,
                text=entry.string,
                fuzzy=entry.fuzzy,
                at=Place(shown, line),
            )
