"""The catalogue that serves now: reloaded while running, and kept when an edit broke it."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

from watchfiles import Change, awatch

from bot.catalogue.findings import BrokenCatalogue, Finding
from bot.catalogue.load import Kept, Loaded, load
from bot.catalogue.model import Catalogue

_WATCHED: Final = (".yaml", ".po")
#: Milliseconds of silence after which an editor has finished saving.
_DEBOUNCE_MS: Final = 400


class Live:
    """``catalogue`` is swapped whole: whoever has taken one keeps it to the end of their turn."""

    def __init__(
        self,
        root: Path,
        *,
        today: Callable[[], date],
        kept: Kept = (),
        prepare: Callable[[Catalogue], object] = lambda catalogue: None,
    ) -> None:
        """Load ``root``; raises ``BrokenCatalogue`` when it cannot serve. ``kept`` are stored versions of flows.

        ``prepare`` is given each catalogue before it serves, so that nobody waits while its indexes are made.
        """
        self._root = root
        self._today = today
        self._kept = {(flow, version): source for flow, version, source in kept}
        self._prepare = prepare
        self._lock = Lock()
        loaded = self._load(None)
        if loaded.catalogue is None:
            raise BrokenCatalogue(finding for finding in loaded.findings if finding.level == "error")
        prepare(loaded.catalogue)
        self._catalogue = loaded.catalogue
        self._kept.update(loaded.sources)
        #: What the last load found; its errors are those that keep the present catalogue serving.
        self.findings: tuple[Finding, ...] = loaded.findings

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogue

    @property
    def sources(self) -> list[tuple[str, str, bytes]]:
        """Every version of a flow that is served, with its source, for the store to keep."""
        return [(flow, version, source) for (flow, version), source in self._kept.items()]

    def reload(self) -> Loaded:
        """Load again; a broken edit leaves the last good version serving. Takes a moment: not for the event loop."""
        with self._lock:
            loaded = self._load(self._catalogue)
            if loaded.catalogue is not None:
                self._kept.update(loaded.sources)
                if loaded.catalogue.version != self._catalogue.version:
                    self._prepare(loaded.catalogue)
                    self._catalogue = loaded.catalogue
            self.findings = loaded.findings
            return loaded

    async def watch(self, on_loaded: Callable[[Loaded], None], stop: asyncio.Event | None = None) -> None:
        """Reload after every edit until ``stop``, and tell of each: a broken one is ``Loaded`` without a catalogue."""
        folders = [folder for name in ("flows", "content", "locales") if (folder := self._root / name).is_dir()]
        async for _ in awatch(*folders, watch_filter=_matters, debounce=_DEBOUNCE_MS, stop_event=stop):
            on_loaded(await asyncio.to_thread(self.reload))

    def _load(self, previous: Catalogue | None) -> Loaded:
        return load(self._root, as_of=self._today(), previous=previous, kept=self.sources)


def _matters(_: Change, path: str) -> bool:
    return path.endswith(_WATCHED)
