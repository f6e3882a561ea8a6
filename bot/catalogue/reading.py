"""Reads the files of a folder into their shapes; what cannot be used is a finding, and remembered as broken."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from bot.catalogue.document import Document, Unreadable
from bot.catalogue.draft import Entry, File
from bot.catalogue.findings import Finding
from bot.catalogue.model import Place
from bot.catalogue.shaping import shape
from bot.catalogue.source import parse, read

_S = TypeVar("_S", bound=BaseModel)
#: Names of files: of flows and articles, of WhatsApp's templates, of calendars, and of transcripts.
ID: Final = re.compile(r"[a-z0-9-]{1,64}")
TEMPLATE: Final = re.compile(r"[a-z0-9_]{1,64}")
COUNTRY: Final = re.compile(r"[A-Z]{2}")
CASE: Final = re.compile(r"[a-z0-9-]{1,64}\.[a-z0-9-]{1,64}")
_NAMED: Final = {
    ID: "use small Latin letters, digits and -",
    CASE: "use small Latin letters, digits and -, as FLOW.CASE.yaml",
    TEMPLATE: "use small Latin letters, digits and _",
    COUNTRY: "use the code of the country, as RU.yaml",
}


@lru_cache(maxsize=1024)
def _shaped(raw: bytes, name: str, model: type[_S]) -> tuple[Document, _S | None, tuple[Finding, ...]]:
    """A reload reads again only the files that were edited. Raises ``Unreadable``."""
    document = parse(raw, name)
    shaped, findings = shape(document, model)
    return document, shaped, tuple(findings)


class Reader:
    """Reads every file into its shape. The files are public: their hash is the catalogue's version."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.broken: set[str] = set()
        self._seen: set[str] = set()
        #: Of all that was read, in order.
        self.digest = blake2b()

    def files(self, pattern: str, model: type[_S], names: re.Pattern[str] = ID) -> dict[str, File[_S]]:
        """By the file's stem, in the order of the names."""
        found: dict[str, File[_S]] = {}
        for path in sorted(self.root.glob(pattern)):
            if path.name.startswith("."):
                continue
            file = self._file(path, model)
            if file is None:
                continue
            if not names.fullmatch(file.id):
                remedy = _NAMED[names]
                self._find(Place(file.document.file), "bad-id", f'"{file.id}" is a bad name for a file', remedy)
            if path.stem in found:
                what = f'the id "{path.stem}" is taken by {found[path.stem].document.file}'
                self._find(Place(file.document.file), "duplicate-id", what, "rename one of the files")
            found.setdefault(path.stem, file)
        return found

    def one(self, name: str, model: type[_S]) -> File[_S] | None:
        if (self.root / name).exists():
            return self._file(self.root / name, model)
        self._find(Place(name), "missing-file", f"{name} is missing", "restore it")
        self.broken.add(name)
        return None

    def _file(self, path: Path, model: type[_S]) -> File[_S] | None:
        name = path.relative_to(self.root).as_posix()
        self._seen.add(name)
        try:
            raw = read(path, name)
            self.digest.update(b"%s\0%s\0" % (name.encode(), raw))
            document, shaped, findings = _shaped(raw, name, model)
        except Unreadable as error:
            shaped, findings = None, error.findings
        self.findings += findings
        if shaped is None:
            self.broken.add(name)
            return None
        return File(id=path.stem, document=document, raw=raw, shape=shaped)

    def entries(self, all_of_them: Iterable[tuple[Document, str | int, str, _S]]) -> dict[str, Entry[_S]]:
        """Facts and help points by key, out of (document, key or index in it, key, shape)."""
        found: dict[str, Entry[_S]] = {}
        for document, step, key, one in all_of_them:
            entry = Entry(key=key, document=document, shape=one, way=(step,))
            if key in found:
                what = f'"{key}" is also in {found[key].at()}'
                self._find(document.key_at(step), "duplicate-id", what, "keep one of them")
            found.setdefault(key, entry)
        return found

    def strays(self, *folders: str) -> Iterator[Finding]:
        """YAML files that no pattern has taken: an editor waits in vain for them to show."""
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*.y*ml")):
                name = path.relative_to(self.root).as_posix()
                if name not in self._seen and not path.name.startswith(".") and path.is_file():
                    remedy = "put it where its like are, with a name that ends in .yaml"
                    what = "nothing reads this file"
                    yield Finding(at=Place(name), rule="stray-file", what=what, remedy=remedy, level="warning")

    def _find(self, at: Place, rule: str, what: str, remedy: str) -> None:
        self.findings.append(Finding(at=at, rule=rule, what=what, remedy=remedy))
