"""One call: ten seconds, no redirects, nothing kept of the answer but its status."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from bot.delivery.webhooks.addresses import PublicResolver, address_refusal

CALL_SECONDS: Final = 10.0
_CONNECTIONS: Final = 8


class Caller:
    """``loopback``: see ``address_refusal``."""

    def __init__(self, *, loopback: bool = False, seconds: float = CALL_SECONDS) -> None:
        self._loopback = loopback
        self._timeout = ClientTimeout(total=seconds)
        self._session: ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer; 0 when there was none."""
        if address_refusal(url, loopback=self._loopback):
            return 0
        try:
            async with self._open().post(
                url,
                data=body,
                headers={**headers, "content-type": "application/json", "user-agent": "Safar"},
                allow_redirects=False,
                timeout=self._timeout,
            ) as answer:
                return answer.status
        except (ClientError, TimeoutError, OSError, ValueError):
            return 0

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open(self) -> ClientSession:
        """Made at the first call, for it belongs to the loop that runs. A connection is used once: whom it leads to is
        looked at each time."""
        if self._session is None:
            connector = TCPConnector(
                limit=_CONNECTIONS,
                resolver=PublicResolver(loopback=self._loopback),
                use_dns_cache=False,
                force_close=True,
            )
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        return self._session
