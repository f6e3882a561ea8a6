"""Bare echo bots, the shortest honest use of each library: no store, no flows, no languages.

``python -m benchmarks.bare NAME PORT API_URL``; the webhook is at ``/telegram``.
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peer import SECRET

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


BOTS = {"aiogram": aiogram_echo, "python-telegram-bot": telegram_echo, "aiohttp": aiohttp_echo}


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
