"""Figures for Prometheus, whether this process is well, and whether it is ready: on an address of their own (T71).

No figure names a person or an id. prometheus-client is an extra, and imported only when the address is set.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

#: From a committed turn on a quick disk to one that waited for a lock.
_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30)
_LAG_EVERY: Final = 0.25

#: Name without ``safar_`` -> (what it is, its labels).
GAUGES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "replies_waiting": ("Replies that wait in the memory of this process.", ()),
    "accounts_held": ("Accounts of ours from which this process sends.", ()),
    "contacts_indexed": ("Contacts that segments are counted from; absent while the index is built.", ()),
    "alerts": ("Alerts by state, of the newest.", ("state",)),
    "loop_lag_seconds": ("How late the event loop came to the last of its quarters of a second.", ()),
    "started_seconds": ("When this process began to serve, since 1970.", ()),
    "build_info": ("Always 1; the version of Safar and of its content.", ("version", "catalogue")),
}

Values = Sequence[tuple[tuple[str, ...], float]]
Reading = Callable[[], Mapping[str, Values]]


class Metrics:
    """Implements ``Meters``. ``read`` gives the gauges as they are now: labels and value, by name."""

    def __init__(self, read: Reading) -> None:
        self.registry = CollectorRegistry()
        self._read = read
        self._lag = 0.0
        self._began = time.time()
        self._turns = Counter(
            "safar_turns", "Updates by channel and outcome.", ("channel", "outcome"), registry=self.registry
        )
        self._seconds = Histogram(
            "safar_turn_seconds",
            "From an update to the commit of its turn.",
            ("channel",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._endings = Counter(
            "safar_sendings", "Messages by what became of them.", ("channel", "kind", "code"), registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(self)

    def took(self, channel: str, outcome: str, seconds: float) -> None:
        self._turns.labels(channel, outcome).inc()
        if outcome == "taken":
            self._seconds.labels(channel).observe(seconds)

    def ended(self, channel: str, kind: str, code: str) -> None:
        self._endings.labels(channel, kind, code).inc()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Of the registry: the gauges, read when they are asked for."""
        own: dict[str, Values] = {"loop_lag_seconds": [((), self._lag)], "started_seconds": [((), self._began)]}
        for name, values in {**self._read(), **own}.items():
            about, labels = GAUGES[name]
            family = GaugeMetricFamily(f"safar_{name}", about, labels=labels)
            for given, value in values:
                family.add_metric(given, value)
            yield family

    async def watch_loop(self) -> None:
        while True:
            wanted = time.monotonic() + _LAG_EVERY
            await asyncio.sleep(_LAG_EVERY)
            self._lag = max(0.0, time.monotonic() - wanted)


def application(metrics: Metrics, answers: Callable[[], Any], parts: Callable[[], Mapping[str, bool]]) -> Router:
    """``answers`` asks the store, and raises when it does not answer; ``parts`` says of each whether it is ready."""

    async def well() -> bool:
        try:
            async with asyncio.timeout(3.0):
                await answers()
        except Exception:  # whatever it is, the answer is no
            return False
        return True

    async def figures(request: Request) -> Response:
        return Response(generate_latest(metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def health(request: Request) -> Response:
        return Response("ok") if await well() else Response("the store does not answer", 503)

    async def ready(request: Request) -> Response:
        known = {**parts(), "store": await well()}
        return JSONResponse(known, 200 if all(known.values()) else 503)

    return Router(
        [
            Route("/metrics", figures, methods=["GET"]),
            Route("/healthz", health, methods=["GET"]),
            Route("/readyz", ready, methods=["GET"]),
        ]
    )
