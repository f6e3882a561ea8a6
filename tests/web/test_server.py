"""The server's own deadlines and limits (THREATS T53, T55, F32)."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.web import body, server
from tests.web.serving import Site, site


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(safar: Site, *pieces: bytes) -> Connection:
    reader, writer = await asyncio.open_connection(safar.host, safar.port)
    writer.write(b"".join(pieces))
    return reader, writer


async def answer(connection: Connection) -> bytes:
    """Everything until the server closes."""
    reader, writer = connection
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("start", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: "])
async def test_who_does_not_finish_the_headers_is_closed(
    safar: Site, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.2)

    assert await answer(await connect(safar, start)) == b""


async def test_who_does_not_finish_the_headers_of_a_later_request_is_closed(
    safar: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.2)
    whole = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    reader, writer = await connect(safar, whole)
    await reader.readuntil(b"ok")
    writer.write(whole[:20])

    assert await answer((reader, writer)) == b""


async def test_who_does_not_finish_the_body_is_closed(safar: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_SECONDS", 0.2)
    head = b"POST /chat HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"

    assert (await answer(await connect(safar, head))).startswith(b"HTTP/1.1 408")


async def test_five_hundred_slow_senders_are_closed_and_disturb_nobody(
    safar: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADER_SECONDS", 1.0)
    slow = await asyncio.gather(*(connect(safar, b"GET / HTTP/1.1\r\nx: ") for _ in range(500)))

    async with aiohttp.ClientSession() as http:
        began = time.monotonic()
        async with http.get(f"{safar.url}/healthz") as response:
            assert response.status == 200
        assert time.monotonic() - began < 1
    assert set(await asyncio.gather(*map(answer, slow))) == {b""}


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nrange: bytes=" + b"0-0," * 100_000 + b"\r\n\r\n", b"HTTP/1.1 431"),
        (b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 100_000, b"HTTP/1.1 431"),
        (b"GET /" + b"a" * 100_000, b"HTTP/1.1 431"),
        (b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: 127.0.0.1\r\n\r\n", b"HTTP/1.1 421"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"HTTP/1.1 400"),
        (
            b"POST /chat HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            b"transfer-encoding: chunked\r\n\r\nzz\r\nbad",
            b"HTTP/1.1 400",
        ),
        (
            b"POST /chat HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}",
            b"HTTP/1.1 400",
        ),
        (
            b"POST /chat HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            b"content-length: 10000000\r\n\r\n" + b"a=1&" * 2_500_000,
            b"HTTP/1.1 415",
        ),
    ],
    ids=["ranges", "headers", "path", "two-hosts", "tls", "bad-chunk", "two-lengths", "form"],
)
async def test_hostile_requests_are_refused_at_once(safar: Site, request_bytes: bytes, expected: bytes) -> None:
    began = time.monotonic()
    reader, writer = await connect(safar, request_bytes)

    status = await asyncio.wait_for(reader.read(12), 5)

    writer.close()
    assert status == expected
    assert time.monotonic() - began < 1


async def test_a_page_that_waits_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with site(tmp_path / "stopping") as safar:
            event = {"id": "0" * 32, "event": {"kind": "resume"}}
            async with http.post(f"{safar.url}/chat", json=event) as response:
                ack = [row["key"] for row in (await response.json())["rows"]]
            waiting = asyncio.create_task(http.post(f"{safar.url}/chat", json={"ack": ack}))
            await asyncio.sleep(0.1)
            began = time.monotonic()
        assert time.monotonic() - began < 3
        response = await waiting
        assert (await response.json())["pause"] > 0
