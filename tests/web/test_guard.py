"""What stands before every route: hosts, headers, networks, errors without detail (THREATS T46, T47, T67)."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from structlog.testing import capture_logs

from bot.web.guard import POLICY, Guard
from bot.web.limits import BURST, PER_SECOND, Limit
from tests.web.serving import Site, site

PUBLIC = "https://chat.example.org"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path, public_url=PUBLIC) as running:
        yield running


async def status(http: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with http.get(url, headers=headers, allow_redirects=False) as response:
        return response.status


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "chat.example.org.evil.example",
        "evil.example#chat.example.org",
        "chat.example.org@evil.example",
        "chat.example.org:8080",
        "chat.example.org:443x",
        "xchat.example.org",
        "chat.example.org.",
        "chat.example.org/",
        "chat.example.org/../x",
        " ",
        "127.0.0.1",
        "localhost",
        "[::1]",
        "chat.example.org, evil.example",
        "chat.example.org\tevil",
        "*.example.org",
        "https://chat.example.org",
    ],
)
async def test_a_forged_host_gets_nothing(public: Site, http: aiohttp.ClientSession, host: str) -> None:
    async with http.get(public.url, headers={"host": host, "x-forwarded-host": "chat.example.org"}) as response:
        assert response.status in (400, 421)
        assert await response.read() in (b"", b"Invalid HTTP request received.")


@pytest.mark.parametrize("host", ["chat.example.org", "Chat.Example.ORG"])
async def test_our_own_host_is_served(public: Site, http: aiohttp.ClientSession, host: str) -> None:
    assert await status(http, public.url, host=host) == 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost:8080", 200), ("192.168.1.7:8080", 200), ("[::1]:8080", 200), ("rebound.example", 421)],
)
async def test_without_a_public_address_only_numbers_and_localhost_lead_here(
    local: Site, http: aiohttp.ClientSession, host: str, expected: int
) -> None:
    assert await status(http, local.url, host=host) == expected


@pytest.mark.parametrize("path", ["/", "/privacy", "/healthz", "/none", "/chat"])
async def test_every_answer_is_strict(public: Site, http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(f"{public.url}{path}", headers={"host": "chat.example.org"}) as response:
        headers = response.headers

    assert headers["content-security-policy"] == POLICY
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "server" not in headers


async def test_paths_of_others_lead_nowhere(local: Site, http: aiohttp.ClientSession) -> None:
    for path in (
        "/../etc/passwd",
        "/assets/../app.py",
        "/assets/%2e%2e%2fapp.py",
        "/assets/chat.js",
        "//evil.example/",
    ):
        async with http.get(f"{local.url}{path}", allow_redirects=False) as response:
            assert response.status in (404, 421), path
            assert await response.read() in (b"", b"Not Found")


async def test_the_health_of_the_store_shows_without_a_host_name(public: Site, http: aiohttp.ClientSession) -> None:
    well = await status(http, f"{public.url}/healthz", host="10.0.0.1")
    await public.store.close()
    ill = await status(http, f"{public.url}/healthz", host="10.0.0.1")

    assert (well, ill) == (200, 503)


async def test_an_error_shows_neither_on_the_page_nor_in_the_log(tmp_path: Path) -> None:
    async def broken(request: Request) -> Response:
        raise RuntimeError("marked words of a person")

    sent = []

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")], "client": None}
    app = Router([Route("/", broken)])
    with capture_logs() as logs:
        await Guard(app, public_url="", hooks={}, limit=Limit())(scope, None, send)  # type: ignore[arg-type]

    assert sent[0]["status"] == 500  # type: ignore[index]
    assert "marked" not in f"{sent}{logs}"
    assert logs[0]["error"] == "RuntimeError"
    assert logs[0]["at"].startswith("test_guard.py:")


async def flood(http: aiohttp.ClientSession, url: str, forwarded: str) -> list[int]:
    """More than one network may ask in the time that it takes."""
    statuses: list[int] = []
    began = time.monotonic()
    while len(statuses) <= BURST + PER_SECOND * (time.monotonic() - began) + 20:
        forged = {"x-forwarded-for": forwarded.format(len(statuses) % 256)}
        statuses.append(await status(http, f"{url}/none", **forged))
    return statuses


async def test_behind_a_named_proxy_each_network_has_its_share_and_cannot_forge_another(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with site(tmp_path, proxies=["127.0.0.1"]) as safar:
        statuses = await flood(http, safar.url, "8.8.{}.1, 9.9.9.9")
        other = await status(http, f"{safar.url}/none", **{"x-forwarded-for": "1.1.1.1"})

    assert statuses[0] == 404
    assert 429 in statuses
    assert other == 404


async def test_a_forwarded_address_from_nobody_we_know_is_not_believed(
    local: Site, http: aiohttp.ClientSession
) -> None:
    assert set(await flood(http, local.url, "9.9.9.9")) == {404}
