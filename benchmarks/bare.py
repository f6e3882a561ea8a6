"""Bare echo bots, the shortest honest use of each library: no store, no flows, no languages.

``python -m benchmarks.bare NAME PORT API_URL``; the webhook is at ``/telegram`` or ``/whatsapp``. Those for WhatsApp
check the signature, answer, and leave statuses unread; they mark nothing as read.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.messengers import APP_SECRET, PHONE_ID, SECRET

TOKEN = "4242:benchmark-token-benchmark-token-bench"


def _allowed(request: Request) -> bool:
    return request.headers.get("x-telegram-bot-api-secret-token") == SECRET


def aiogram_echo(api: str) -> Starlette:
    """aiogram's dispatcher behind Starlette; the reply is a call of its own."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api), limit=1000))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    async def hook(request: Request) -> Response:
        if not _allowed(request):
            return Response(status_code=401)
        await dispatcher.feed_webhook_update(bot, await request.json())
        return Response()

    return Starlette(routes=[Route("/telegram", hook, methods=["POST"])])


def telegram_echo(api: str) -> Starlette:
    """python-telegram-bot: updates handled inside the request."""
    from telegram import Update
    from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters
    from telegram.request import HTTPXRequest

    bot = (
        ApplicationBuilder()
        .token(TOKEN)
        .base_url(f"{api}/bot")
        .updater(None)
        .request(HTTPXRequest(connection_pool_size=1000, pool_timeout=30))
        .concurrent_updates(256)
        .build()
    )

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    bot.add_handler(MessageHandler(filters.TEXT, echo))

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        async with bot:
            yield

    async def hook(request: Request) -> Response:
        if not _allowed(request):
            return Response(status_code=401)
        await bot.process_update(Update.de_json(await request.json(), bot.bot))
        return Response()

    return Starlette(routes=[Route("/telegram", hook, methods=["POST"])], lifespan=life)


def aiohttp_echo(api: str) -> Starlette:
    """No bot library: Starlette in, one aiohttp session out."""
    import aiohttp

    url = f"{api}/bot{TOKEN}/sendMessage"
    session: list[aiohttp.ClientSession] = []

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1000)) as client:
            session.append(client)
            yield

    async def hook(request: Request) -> Response:
        if not _allowed(request):
            return Response(status_code=401)
        message: dict[str, Any] = (await request.json())["message"]
        body = {"chat_id": message["chat"]["id"], "text": message["text"]}
        async with session[0].post(url, json=body) as answer:
            json.loads(await answer.read())
        return Response()

    return Starlette(routes=[Route("/telegram", hook, methods=["POST"])], lifespan=life)


def pywa_echo(api: str) -> Starlette:
    """pywa: updates handled inside the request. It has no option for another server: its requests are led there."""
    import httpx
    from pywa_async import WhatsApp, filters, types

    class Elsewhere(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            there = httpx.URL(api)
            request.url = request.url.copy_with(scheme="http", host=there.host, port=there.port)
            return await super().handle_async_request(request)

    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)
    session = httpx.AsyncClient(transport=Elsewhere(limits=limits), timeout=30)
    bot = WhatsApp(PHONE_ID, TOKEN, session=session, server=None, app_secret=APP_SECRET, verify_token=SECRET)

    async def echo(client: WhatsApp, message: types.Message) -> None:
        await message.reply(message.text or "")

    bot.on_message(filters.text)(echo)

    async def hook(request: Request) -> Response:
        body = await request.body()
        if await bot.webhook_update_validator(body, request.headers.get("x-hub-signature-256")) is not None:
            return Response(status_code=401)
        await bot.webhook_update_handler(body)
        return Response()

    return Starlette(routes=[Route("/whatsapp", hook, methods=["POST"])])


def aiohttp_whatsapp_echo(api: str) -> Starlette:
    """No bot library: Starlette in, one aiohttp session out."""
    import aiohttp

    url = f"{api}/v25.0/{PHONE_ID}/messages"
    session: list[aiohttp.ClientSession] = []

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        connector, headers = aiohttp.TCPConnector(limit=1000), {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as client:
            session.append(client)
            yield

    async def hook(request: Request) -> Response:
        body = await request.body()
        signature = "sha256=" + hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, request.headers.get("x-hub-signature-256", "")):
            return Response(status_code=401)
        value: dict[str, Any] = json.loads(body)["entry"][0]["changes"][0]["value"]
        for message in value.get("messages", ()):
            answer = {"messaging_product": "whatsapp", "recipient": message["from_user_id"], "text": message["text"]}
            async with session[0].post(url, json=answer) as taken:
                json.loads(await taken.read())
        return Response()

    return Starlette(routes=[Route("/whatsapp", hook, methods=["POST"])], lifespan=life)


_TELEGRAM = {"aiogram": aiogram_echo, "python-telegram-bot": telegram_echo, "aiohttp": aiohttp_echo}
_WHATSAPP = {"pywa": pywa_echo, "aiohttp-whatsapp": aiohttp_whatsapp_echo}
BOTS = _TELEGRAM | _WHATSAPP


def messenger_of(name: str) -> str:
    return "whatsapp" if name in _WHATSAPP else "telegram"


if __name__ == "__main__":
    import uvicorn

    name, port, api_url = sys.argv[1:4]
    uvicorn.run(
        BOTS[name](api_url),
        host="127.0.0.1",
        port=int(port),
        log_level="error",
        access_log=False,
        loop="uvloop",
        http="httptools",
    )
