"""WhatsApp's webhook: the handshake, a signature over the raw body, 200 only after the commit (THREATS T51-T53)."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.channels.webchat import WebChat
from bot.web import WhatsAppWebhook
from bot.web.whatsapp import WhatsAppHook
from tests.web.serving import Site, site

SECRET, OLDER = b"0123456789abcdef" * 2, b"fedcba9876543210" * 2
VERIFY = "our-own-word-of-twenty"


def update(id: str = "0123456789abcdef0123456789abcdef") -> bytes:
    return json.dumps({"id": id, "event": {"kind": "resume"}}).encode()


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + hmac.digest(secret, body, "sha256").hex()


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path, whatsapp_secrets=(SECRET, OLDER), whatsapp_verify=VERIFY) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def posted(safar: Site, http: aiohttp.ClientSession, body: bytes, *signatures: str) -> int:
    headers = [("x-hub-signature-256", value) for value in signatures]
    async with http.post(f"{safar.url}/whatsapp", data=body, headers=headers) as response:
        return response.status


async def shaken(safar: Site, http: aiohttp.ClientSession, **query: str) -> tuple[int, str]:
    params = {f"hub.{name}": value for name, value in query.items()}
    async with http.get(f"{safar.url}/whatsapp", params=params) as response:
        return response.status, await response.text()


async def test_the_handshake_gives_the_challenge_back_as_it_came(safar: Site, http: aiohttp.ClientSession) -> None:
    assert await shaken(safar, http, mode="subscribe", verify_token=VERIFY, challenge="1158201444") == (
        200,
        "1158201444",
    )


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "verify_token": "wrong", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "wröng", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY, "challenge": "1"},
        {"mode": "subscribe", "verify_token": VERIFY},
        {"mode": "subscribe", "verify_token": VERIFY, "challenge": "<script>"},
        {"mode": "subscribe", "verify_token": VERIFY, "challenge": "1" * 300},
    ],
)
async def test_no_other_handshake_is_answered(safar: Site, http: aiohttp.ClientSession, query: dict[str, str]) -> None:
    assert await shaken(safar, http, **query) == (403, "")


@pytest.mark.parametrize("secret", [SECRET, OLDER])
async def test_with_either_secret_of_a_change_a_body_is_taken(
    safar: Site, http: aiohttp.ClientSession, secret: bytes
) -> None:
    assert await posted(safar, http, update(), signature(update(), secret)) == 200
    assert await safar.pending() == 1


async def test_a_body_that_is_not_signed_so_is_401_and_never_500(safar: Site, http: aiohttp.ClientSession) -> None:
    good = signature(update())
    flipped = good[:-1] + ("0" if good[-1] != "0" else "1")
    for given in ([], [""], [flipped], [good, good], [good.upper()], [good[7:]], ["sha256=ü"], ["sha1=" + good[7:]]):
        assert await posted(safar, http, update(), *given) == 401, given
    again = json.dumps(json.loads(update()), indent=1).encode()
    assert await posted(safar, http, again, good) == 401  # signed is what came, byte for byte
    assert await safar.pending() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff" * 50, b"[" * 100_000])
async def test_what_is_nothing_for_us_is_not_sent_for_seven_days(
    safar: Site, http: aiohttp.ClientSession, body: bytes
) -> None:
    assert await posted(safar, http, body, signature(body)) == 200
    assert await safar.pending() == 0


async def test_three_megabytes_are_taken_and_no_more(safar: Site, http: aiohttp.ClientSession) -> None:
    most = update() + b" " * (3 * 1_048_576 - len(update()))
    assert await posted(safar, http, most, signature(most)) == 200
    assert await safar.pending() == 1
    assert await posted(safar, http, most + b" ", signature(most + b" ")) == 413


async def test_a_body_that_comes_a_hundred_times_is_one_turn(safar: Site, http: aiohttp.ClientSession) -> None:
    statuses = await asyncio.gather(*(posted(safar, http, update(), signature(update())) for _ in range(100)))
    assert set(statuses) == {200}
    assert await safar.pending() == 1


async def test_while_the_store_is_down_whatsapp_is_told_to_repeat(safar: Site, http: aiohttp.ClientSession) -> None:
    await safar.store.close()
    assert await posted(safar, http, update(), signature(update())) == 503


async def test_other_methods_are_refused(safar: Site, http: aiohttp.ClientSession) -> None:
    async with http.put(f"{safar.url}/whatsapp", data=update()) as response:
        assert response.status == 405


def test_it_does_not_start_without_secrets(safar: Site) -> None:
    for secrets, token in (((), b"x"), ((SECRET,), b"")):
        hook = WhatsAppWebhook(channel=WebChat(), secrets=secrets, verify_token=token)
        with pytest.raises(ValueError, match="app secret and a verify token"):
            WhatsAppHook(hook, safar.delivery.inbox)
        assert SECRET.decode() not in repr(hook)


async def test_it_is_not_there_without_whatsapp(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with site(tmp_path / "bare") as safar:
        assert await posted(safar, http, update(), signature(update())) == 404
