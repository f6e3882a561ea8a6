"""The catalogue that serves now: reloaded while running, and kept when an edit broke it."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

from watchfiles import Change, awatch

from bot.catalogue.cache import Cache
from bot.catalogue.findings import BrokenCatalogue, Finding
from bot.catalogue.load import load
from bot.catalogue.loaded import Kept, Loaded
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
        cache: Cache | None = None,
    ) -> None:
        """Load ``root``; raises ``BrokenCatalogue`` when it cannot serve. ``kept`` are stored versions of flows.

        ``prepare`` is given each catalogue before it serves, so that nobody waits while its indexes are made.
        """
        self._root = root
        self._today = today
        self._kept = {(flow, version): source for flow, version, source in kept}
        self._prepare = prepare
        self._lock = Lock()
        loaded = load(root, as_of=today(), kept=kept, cache=cache)
        if loaded.catalogue is None:
            raise BrokenCatalogue(finding for finding in loaded.findings if finding.level == "error")
        prepare(loaded.catalogue)
        self._catalogue = loaded.catalogue
        self._loaded = loaded
        self._kept.update(loaded.sources)

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogue

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the last load found; its errors are those that keep the present catalogue serving."""
        return self._loaded.findings

    @property
    def sources(self) -> list[tuple[str, str, bytes]]:
        """Every version of a flow that is served, with its source, for the store to keep."""
        return [(flow, version, source) for (flow, version), source in self._kept.items()]

    def reload(self) -> Loaded:
        """Load again; a broken edit leaves the last good version serving. Takes a moment: not for the event loop."""
        with self._lock:
            loaded = self._loaded = load(
                self._root, as_of=self._today(), previous=self._catalogue, kept=self.sources, known=self._loaded
            )
            if loaded.catalogue is not None:
                self._kept.update(loaded.sources)
                if loaded.catalogue.version != self._catalogue.version:
                    self._prepare(loaded.catalogue)
                    self._catalogue = loaded.catalogue
            return loaded

    async def watch(self, on_loaded: Callable[[Loaded], None], stop: asyncio.Event | None = None) -> None:
        """Reload after every edit until ``stop``, and tell of each: a broken one is ``Loaded`` without a catalogue."""
        folders = [folder for name in ("flows", "content", "locales") if (folder := self._root / name).is_dir()]
        async for _ in awatch(*folders, watch_filter=_matters, debounce=_DEBOUNCE_MS, stop_event=stop):
            on_loaded(await asyncio.to_thread(self.reload))


def _matters(_: Change, path: str) -> bool:
    return path.endswith(_WATCHED)
