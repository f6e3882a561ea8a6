"""What those who watch over a process may read: figures, whether it is well, and whether it is ready, on an address of
their own (THREATS T71)."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from bot.app.metrics import Metrics, Values
from bot.store import DatabaseStore, Location, Standing, StoreClosed, StoreError, backup_written

_LOOK_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 3.0

_log = structlog.get_logger()


class StoreWatch:
    """The store's own numbers, ten seconds old at most: a reader of figures asks the store nothing."""

    def __init__(self, store: DatabaseStore, where: Location, data_dir: Path) -> None:
        self._store = store
        self._where = where
        self._data_dir = data_dir
        self._standing: Standing | None = None
        self._seen = 0.0
        self._backup: float | None = None

    async def run(self) -> None:
        while True:
            try:
                self._standing = await self._store.standing()
                self._seen = time.time()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("figures-store-failed", why=str(error))
            with contextlib.suppress(StoreError):
                self._backup = await asyncio.to_thread(backup_written, self._where)
            await asyncio.sleep(_LOOK_SECONDS)

    def read(self) -> dict[str, Values]:
        values: dict[str, Values] = {}
        with contextlib.suppress(OSError):
            values["disk_free_bytes"] = [((), shutil.disk_usage(self._data_dir).free)]
        if self._backup is not None:
            values["backup_seconds"] = [((), self._backup)]
        known = self._standing
        if known is not None:
            values |= {
                "store_seen_seconds": [((), self._seen)],
                "replies_stored": [((), known.replies)],
                "tickets_open": [((), known.tickets)],
                "leases_held": [((role,), number) for role, number in known.leases.items()],
                "webhook_calls": [((state,), number) for state, number in known.calls.items()],
                "alert_recipients": [((state,), number) for state, number in known.recipients.items()],
                "retention_seconds": [((), known.cleaned)],
            }
        return values


def application(
    metrics: Metrics, writes: Callable[[], Awaitable[Any]], parts: Callable[[], Mapping[str, bool]]
) -> Router:
    """``writes`` writes something to the store, and raises when it cannot; ``parts``: which of them are ready."""

    async def well() -> bool:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await writes()
        except Exception:  # whatever it is, the answer is no
            return False
        return True

    async def figures(request: Request) -> Response:
        return Response(generate_latest(metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def health(request: Request) -> Response:
        return Response("ok") if await well() else Response("the store does not answer", 503)

    async def ready(request: Request) -> Response:
        known = {**parts(), "store": await well()}
        return JSONResponse({"ready": all(known.values()), "parts": known}, 200 if all(known.values()) else 503)

    return Router(
        [
            Route("/metrics", figures, methods=["GET"]),
            Route("/healthz", health, methods=["GET"]),
            Route("/readyz", ready, methods=["GET"]),
        ]
    )
