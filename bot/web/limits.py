"""How much one network may ask (THREATS T67): counted in memory under a key of the day, no address is kept."""

import secrets
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Final

#: A mobile network puts thousands of people behind one address, so a network's share is large.
BURST: Final = 400.0
PER_SECOND: Final = 20.0
_DAY: Final = 86_400.0
_MOST_NETWORKS: Final = 50_000


class Networks:
    """Names a /24 or a /48 for a day, so that nothing is left of an address. ``renewed``: the names begin anew."""

    def __init__(self, clock: Callable[[], float] = monotonic, renewed: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._renewed = renewed
        self._key_since = clock()
        self._key = secrets.token_bytes(32)

    def name(self, ip: str) -> bytes | None:
        """None for private addresses: a proxy that is not named stands there."""
        now = self._clock()
        if now - self._key_since > _DAY:
            self._key, self._key_since = secrets.token_bytes(32), now
            self._renewed()
        try:
            address = ip_address(ip)
        except ValueError:
            return None
        mapped = getattr(address, "ipv4_mapped", None)
        if mapped is not None:
            address = mapped
        if not address.is_global:
            return None
        prefix = ip_network((address, 24 if address.version == 4 else 48), strict=False)
        return blake2b(prefix.network_address.packed, key=self._key, digest_size=12).digest()


class Limit:
    """A bucket for each network; private addresses are not limited."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._networks = Networks(clock, lambda: self._buckets.clear())
        self._buckets: dict[bytes, tuple[float, float]] = {}

    def allows(self, ip: str) -> bool:
        now = self._clock()
        network = self._networks.name(ip)
        if network is None:
            return True
        tokens, since = self._buckets.get(network, (BURST, now))
        tokens = min(BURST, tokens + (now - since) * PER_SECOND)
        if len(self._buckets) >= _MOST_NETWORKS:
            self._forget_idle(now)
        self._buckets[network] = (max(tokens - 1, 0.0), now)
        return tokens >= 1

    def _forget_idle(self, now: float) -> None:
        """Full buckets say nothing; if most are in use, all begin anew rather than grow."""
        self._buckets = {
            network: bucket
            for network, bucket in self._buckets.items()
            if bucket[0] + (now - bucket[1]) * PER_SECOND < BURST
        }
        if len(self._buckets) > _MOST_NETWORKS // 2:
            self._buckets.clear()
