"""Figures for Prometheus: counted as things happen, or read when they are asked for (THREATS T71).

No figure names a person or an id. prometheus-client is an extra, and imported only when the address is set.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import GaugeMetricFamily

_M = TypeVar("_M", Counter, Histogram)
#: From a committed turn on a quick disk to one that waited for a lock.
_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30)
_CALLS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 512)
_LAG_EVERY: Final = 0.25

#: Name without ``safar_`` -> (what it is, its labels). One that cannot be told is absent.
GAUGES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "replies_waiting": ("Replies that wait in the memory of this process.", ()),
    "replies_stored": ("Replies in the store that are not sent yet, 10000 for more.", ()),
    "oldest_reply_seconds": ("How long the reply has waited that waits longest.", ()),
    "accounts_held": ("Accounts of ours from which this process sends.", ()),
    "accounts_shut": ("Those of them that stand still: the messenger is away, or asked to wait.", ("channel",)),
    "leases_held": ("Leases that any process holds, by what they are for.", ("role",)),
    "contacts_indexed": ("Contacts that segments are counted from; absent while the index is built.", ()),
    "index_age_seconds": ("Since the index was last brought up to date.", ()),
    "alerts": ("Alerts by state, of the newest.", ("state",)),
    "alert_recipients": ("For whom an alert waits, is on its way, or may have arrived, by state.", ("state",)),
    "tickets_open": ("Talks with caseworkers that are open, 10000 for more.", ()),
    "webhook_calls": ("What other systems are told, by state, of 30 days.", ("state",)),
    "store_seen_seconds": ("When the store last told its numbers, since 1970.", ()),
    "retention_seconds": ("When what is past its time was last removed, since 1970.", ()),
    "backup_seconds": ("When the newest backup was written, since 1970; absent where there is none here.", ()),
    "disk_free_bytes": ("Free space where the data folder lies.", ()),
    "loop_lag_seconds": ("How late the event loop came, at worst, since the figures were last read.", ()),
    "started_seconds": ("When this process began to serve, since 1970.", ()),
    "build_info": ("Always 1; the version of Safar and of its content.", ("version", "catalogue")),
}

Values = Sequence[tuple[tuple[str, ...], float]]
Reading = Callable[[], Mapping[str, Values]]


class Metrics:
    """Implements ``Meters`` and ``Measured``. ``read`` gives the gauges as they are now: labels and value, by name."""

    def __init__(self, read: Reading) -> None:
        self.registry = registry = CollectorRegistry()
        self._read = read
        self._lag = 0.0
        self._began = time.time()
        self._turns = _Children(
            Counter("safar_turns", "Updates by channel and outcome.", ("channel", "outcome"), registry=registry)
        )
        self._seconds = _Children(
            Histogram(
                "safar_turn_seconds",
                "From an update to the commit of its turn.",
                ("channel",),
                buckets=_SECONDS,
                registry=registry,
            )
        )
        self._endings = _Children(
            Counter(
                "safar_sendings", "Messages by what became of them.", ("channel", "kind", "code"), registry=registry
            )
        )
        self._gate = _Children(
            Histogram(
                "safar_gate_wait_seconds",
                "How long a sending waited for its turn.",
                ("channel", "kind"),
                buckets=_SECONDS,
                registry=registry,
            )
        )
        self._commits = Histogram(
            "safar_commit_seconds", "Transactions of the store.", buckets=_SECONDS, registry=registry
        )
        self._batch = Histogram("safar_commit_calls", "Calls that shared one.", buckets=_CALLS, registry=registry)
        self._errors = Counter("safar_store_errors", "Transactions that failed.", registry=registry)
        self._told = _Children(
            Counter("safar_webhook_tries", "Calls to other systems by outcome.", ("outcome",), registry=registry)
        )
        ProcessCollector(registry=registry)
        registry.register(self)

    def took(self, channel: str, outcome: str, seconds: float) -> None:
        self._turns(channel, outcome).inc()
        if outcome == "taken":
            self._seconds(channel).observe(seconds)

    def waited(self, channel: str, kind: str, seconds: float) -> None:
        self._gate(channel, kind).observe(seconds)

    def ended(self, channel: str, kind: str, code: str) -> None:
        self._endings(channel, kind, code).inc()

    def committed(self, calls: int, seconds: float, ok: bool) -> None:
        """In the store's thread."""
        self._commits.observe(seconds)
        self._batch.observe(calls)
        if not ok:
            self._errors.inc()

    def told(self, outcome: str) -> None:
        """A call to another system."""
        self._told(outcome).inc()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Of the registry: the gauges, read when they are asked for."""
        own: dict[str, Values] = {"loop_lag_seconds": [((), self._lag)], "started_seconds": [((), self._began)]}
        self._lag = 0.0
        for name, values in {**self._read(), **own}.items():
            about, labels = GAUGES[name]
            family = GaugeMetricFamily(f"safar_{name}", about, labels=labels)
            for given, value in values:
                family.add_metric(given, value)
            yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is read before it is served."""
        return iter(())

    async def watch_loop(self) -> None:
        while True:
            wanted = time.monotonic() + _LAG_EVERY
            await asyncio.sleep(_LAG_EVERY)
            self._lag = max(self._lag, time.monotonic() - wanted)


class _Children(Generic[_M]):
    """The metric of each set of labels, found in a tenth of the time that ``labels`` takes."""

    def __init__(self, parent: _M) -> None:
        self._parent: _M = parent
        self._known: dict[tuple[str, ...], _M] = {}

    def __call__(self, *labels: str) -> _M:
        found = self._known.get(labels)
        if found is None:
            found = self._known[labels] = self._parent.labels(*labels)
        return found
