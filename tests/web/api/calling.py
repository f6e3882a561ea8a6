"""What tests of the API share: a token, requests, a small alert."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import aiohttp
import msgspec

from bot.catalogue import Catalogue
from bot.store import Entry, Outcome, Work
from bot.web.api import SCOPES, new_token
from tests.desk.people import of_today
from tests.web.serving import Site

ORGANISATION, FOREIGN = "wages-desk", "clinic"
MADE = Entry(handle="boss", what="token-added")
RUSSIAN = {"type": "is", "key": "language", "values": ["ru"]}


@cache
def served() -> Catalogue:
    """One for all requests: to prepare another takes a second."""
    return of_today()


async def token(
    site: Site, label: str = "crm", organisation: str = ORGANISATION, scopes: Any = tuple(SCOPES), days: int = 30
) -> str:
    secret = new_token()
    until = datetime.now(UTC).date() + timedelta(days=days)
    assert await site.store.api.add_token(label, organisation, scopes, secret.encode(), until, MADE)
    return secret


def alert(**changes: Any) -> dict[str, Any]:
    plain = {
        "name": "Касса закрыта",
        "texts": {"ru": "Сегодня касса на рынке не работает. Приходите завтра."},
        "source": {"title": "Объявление кассы", "url": "https://example.org/news", "checked_on": "2026-03-10"},
        "urgency": "important",
        "segment": RUSSIAN,
        "ends": (datetime.now(UTC) + timedelta(days=3)).isoformat(),
    }
    return {**plain, **changes}


class Caller:
    """A program with a token, and what it heard last."""

    def __init__(self, site: Site, http: aiohttp.ClientSession, secret: str) -> None:
        self._site = site
        self._http = http
        self.secret = secret
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.said: Any = None

    async def ask(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> int:
        sent = {"authorization": f"Bearer {self.secret}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = raw if raw is not None else (None if body is None else msgspec.json.encode(body))
        url = f"{self._site.url}/api/v1{path}"
        async with self._http.request(method, url, data=data, headers=sent, allow_redirects=False) as response:
            content = await response.read()
            self.status, self.headers = response.status, response.headers
            self.said = msgspec.json.decode(content) if content else None
        return self.status

    async def drafts(self, key: str = "first", **changes: Any) -> dict[str, Any]:
        assert await self.ask("POST", "/alerts", alert(**changes), idempotency_key=key) == 201, self.said
        made: dict[str, Any] = self.said
        return made


async def people(site: Site, count: int, language: str = "ru", channel: str = "telegram") -> None:
    """Contacts who take everybody's alerts."""
    profile = {"language": language, "alerts": "all"}
    outcome = Outcome(profile=msgspec.json.encode(profile))
    for number in range(count):
        work = Work(channel=channel, account="8000000001", address=f"{language}{number}", step=lambda _: outcome)
        await site.store.take(work)
    await site.following.follow()
