"""Staff for the tests: accounts that have joined, and browsers without a window in which they work."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from typing import Any

import aiohttp
from yarl import URL

from bot.staff import Passwords, Totp, invite, new_codes
from bot.staff.codes import SECONDS
from bot.store import Entry
from tests.web.serving import Site

PASSWORD = "wolf teapot meridian 9"
ORGANISATION = "wages-desk"
ADMIN = Entry(handle="(test)", what="staff-added")


class Person:
    """An account, and what the human behind it knows."""

    def __init__(self, site: Site, handle: str, secret: bytes, codes: Sequence[bytes]) -> None:
        self.site = site
        self.handle = handle
        self.totp = Totp(secret)
        self.codes = list(codes)

    def code(self) -> str:
        """A code that was not used: a new half minute begins."""
        self.site.time.ahead += SECONDS
        return self.totp.at(int(self.site.time.now().timestamp()) // SECONDS)


async def person(site: Site, handle: str, *roles: str, organisation: str = ORGANISATION) -> Person:
    """Invited, joined, with ``PASSWORD``."""
    staff, invitation, codes = site.store.staff, invite(datetime.now(UTC)), new_codes()
    assert await staff.add(handle, organisation, roles or ("caseworker",), invitation, ADMIN)
    account = await staff.account(handle)
    assert account is not None
    await staff.begin(account.id, "joining", handle.encode())
    cheap = Passwords(memory_kib=64, passes=1)
    hashed = await cheap.hash(PASSWORD)
    cheap.close()
    assert await staff.join(handle.encode(), hashed, 1, codes, b"x" + handle.encode(), ADMIN)
    return Person(site, handle, invitation.totp, codes)


class Browser:
    """Keeps a cookie, and takes the token of a form from the last page, as a browser does."""

    def __init__(self, site: Site, http: aiohttp.ClientSession) -> None:
        self.site = site
        self.http = http
        self.page = ""
        self.status = 0
        self.path = ""
        self.headers: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return next((one.value for one in self.http.cookie_jar if one.key == "safar-staff"), "")

    def plant(self, cookie: str) -> None:
        self.http.cookie_jar.update_cookies({"safar-staff": cookie}, URL(self.site.url))

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.page) or re.search(
            r'data-token="([0-9a-f]+)"', self.page
        )
        return found[1] if found else ""

    async def get(self, path: str) -> int:
        return await self._ask("GET", path)

    async def post(self, path: str, fields: dict[str, Any] | None = None, *, token: str | None = None) -> int:
        """``token``: another one than that of the page."""
        form = {"token": self.token if token is None else token, **(fields or {})}
        pairs = [(name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
        return await self._ask("POST", path, data=pairs, headers={"origin": self.site.url})

    async def _ask(self, method: str, path: str, **options: Any) -> int:
        async with self.http.request(method, self.site.url + path, **options) as response:
            self.page = await response.text()
            self.status, self.path = response.status, response.url.path
            self.headers = {name.lower(): value for name, value in response.headers.items()}
        return self.status

    async def gives_password(self, who: Person | str, password: str = PASSWORD) -> int:
        await self.get("/console/sign-in")
        handle = who if isinstance(who, str) else who.handle
        return await self.post("/console/sign-in", {"handle": handle, "password": password})

    async def signs_in(self, who: Person) -> None:
        await self.gives_password(who)
        assert self.path == "/console/code", self.page
        assert await self.post("/console/code", {"code": who.code()}) == 200, self.page
        assert self.path in ("/console/inbox", "/console/staff", "/console/alerts", "/console/account"), self.path

    def shows(self, text: str) -> bool:
        return text in unescape(re.sub(r"<[^>]+>", "", self.page))


@asynccontextmanager
async def browser(site: Site) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Browser(site, http)
