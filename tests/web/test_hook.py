"""The Telegram webhook: closed without the secret, 200 only after the commit (THREATS T51-T53, F2, F22, F31)."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.web import Webhook
from bot.web.hook import TelegramHook
from tests.web.serving import Site, site

SECRET, OLDER = "n" * 64, "o" * 64
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def update(id: str = "0123456789abcdef0123456789abcdef") -> bytes:
    return json.dumps({"id": id, "event": {"kind": "resume"}}).encode()


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path, webhook_secrets=(SECRET.encode(), OLDER.encode())) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def raw(safar: Site, head: bytes, body: bytes = b"", *, read: int = 12) -> bytes:
    """Bytes as no client library would send them; the status line of the answer."""
    reader, writer = await asyncio.open_connection(safar.host, safar.port)
    writer.write(b"POST /telegram HTTP/1.1\r\nhost: 127.0.0.1\r\n" + head + b"\r\n" + body)
    answer = await asyncio.wait_for(reader.read(read), 5)
    writer.close()
    return answer


@pytest.mark.parametrize("secret", [SECRET, OLDER])
async def test_with_either_secret_of_a_change_an_update_is_taken(
    safar: Site, http: aiohttp.ClientSession, secret: str
) -> None:
    async with http.post(f"{safar.url}/telegram", data=update(), headers={HEADER: secret}) as response:
        assert response.status == 200

    assert await safar.pending() == 1


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"x-telegram-bot-api-secret-token:\r\n",
        b"x-telegram-bot-api-secret-token: " + SECRET[:-1].encode() + b"\r\n",
        b"x-telegram-bot-api-secret-token: " + SECRET[:-1].encode() + b"m\r\n",
        b"x-telegram-bot-api-secret-token: " + SECRET.encode() + b"n\r\n",
        b"x-telegram-bot-api-secret-token: " + SECRET.upper().encode() + b"\r\n",
        b"x-telegram-bot-api-secret-token: " + SECRET[:-1].encode() + b"\xc3\xbc\r\n",
        b"x-telegram-bot-api-secret-token: \xff\xfe\r\n",
        b"x-telegram-bot-api-secret-token: " + SECRET.encode() + b", " + OLDER.encode() + b"\r\n",
        (b"x-telegram-bot-api-secret-token: " + SECRET.encode() + b"\r\n") * 2,
        b"x-telegram-bot-api-secret: " + SECRET.encode() + b"\r\n",
        b"authorization: " + SECRET.encode() + b"\r\n",
    ],
)
async def test_without_the_one_right_secret_it_is_401_and_never_500(safar: Site, header: bytes) -> None:
    body = update()

    status = await raw(safar, header + b"content-length: %d\r\n" % len(body), body)

    assert status == b"HTTP/1.1 401"
    assert await safar.pending() == 0


@pytest.mark.parametrize("secrets", [(), (b"short",), (SECRET.encode(), b"")])
def test_a_webhook_does_not_start_without_a_secret_of_256_bits(safar: Site, secrets: tuple[bytes, ...]) -> None:
    from bot.channels.webchat import WebChat

    with pytest.raises(ValueError, match="at least 43 characters"):
        TelegramHook(Webhook(channel=WebChat(), secrets=secrets), safar.delivery.inbox)


def test_secrets_do_not_show_in_repr() -> None:
    from bot.channels.webchat import WebChat

    assert SECRET not in repr(Webhook(channel=WebChat(), secrets=(SECRET.encode(),)))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff" * 50, b"[" * 100_000])
async def test_what_is_no_update_is_not_sent_for_ever(safar: Site, http: aiohttp.ClientSession, body: bytes) -> None:
    async with http.post(f"{safar.url}/telegram", data=body, headers={HEADER: SECRET}) as response:
        assert response.status == 200

    assert await safar.pending() == 0


async def test_an_update_that_comes_a_hundred_times_is_one_turn(safar: Site, http: aiohttp.ClientSession) -> None:
    async def post() -> int:
        async with http.post(f"{safar.url}/telegram", data=update(), headers={HEADER: SECRET}) as response:
            return response.status

    statuses = await asyncio.gather(*(post() for _ in range(100)))

    assert set(statuses) == {200}
    assert await safar.pending() == 1


async def test_while_the_store_is_down_telegram_is_told_to_repeat(safar: Site, http: aiohttp.ClientSession) -> None:
    await safar.store.close()

    async with http.post(f"{safar.url}/telegram", data=update(), headers={HEADER: SECRET}) as response:
        assert response.status == 503
        assert await response.read() == b""


async def test_killed_between_commit_and_answer_the_repeat_is_one_turn_with_the_same_replies(tmp_path: Path) -> None:
    key = (SECRET.encode(),)
    async with site(tmp_path, webhook_secrets=key) as safar:
        head = b"%s: %s\r\ncontent-length: %d\r\n" % (HEADER.encode(), SECRET.encode(), len(update()))
        await raw(safar, head, update(), read=1)  # the answer is lost, the process ends
    async with site(tmp_path, webhook_secrets=key) as safar, aiohttp.ClientSession() as http:
        async with http.post(f"{safar.url}/telegram", data=update(), headers={HEADER: SECRET}) as response:
            assert response.status == 200
        assert await safar.pending() == 1


@pytest.mark.parametrize("announced", [True, False])
async def test_more_than_a_megabyte_is_refused_while_it_comes_in(safar: Site, announced: bool) -> None:
    head = f"{HEADER}: {SECRET}\r\n".encode()
    if announced:
        status = await raw(safar, head + b"content-length: 8000000\r\n", b"x")
    else:
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        status = await raw(safar, head + b"transfer-encoding: chunked\r\n", chunk * 17)

    assert status == b"HTTP/1.1 413"


async def test_a_thousand_unsigned_posts_do_not_disturb_the_real_ones(safar: Site, http: aiohttp.ClientSession) -> None:
    async def forge() -> list[int]:
        statuses = []
        async with aiohttp.ClientSession() as forger:
            for _ in range(100):
                async with forger.post(f"{safar.url}/telegram", data=b"{}") as response:
                    statuses.append(response.status)
        return statuses

    async def real() -> int:
        data = update(secrets.token_hex(16))
        async with http.post(f"{safar.url}/telegram", data=data, headers={HEADER: SECRET}) as response:
            return response.status

    forged = asyncio.gather(*(forge() for _ in range(10)))
    answered = [await asyncio.wait_for(real(), 2) for _ in range(10)]

    assert set(answered) == {200}
    assert {status for statuses in await forged for status in statuses} == {401}


async def test_the_hook_is_not_there_without_telegram(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with site(tmp_path / "bare") as safar, http.post(f"{safar.url}/telegram", data=update()) as response:
        assert response.status == 404
