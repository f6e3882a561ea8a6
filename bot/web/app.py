"""The ASGI application: the chat's page, its address for events, the messengers' webhooks, the console."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from bot.channels.webchat import ACCOUNT
from bot.store import StoreError
from bot.web import api, console
from bot.web.body import Refused
from bot.web.chat import Chat
from bot.web.guard import Guard
from bot.web.hook import TelegramHook
from bot.web.limits import Limit
from bot.web.pages import FOR_EVER, Pages, preferred
from bot.web.services import Services
from bot.web.whatsapp import WhatsAppHook

_HEALTH_SECONDS: Final = 3.0


def create(services: Services) -> ASGIApp:
    """The application, wired. Close ``services.hub`` before the server stops, or its pages keep it waiting."""
    pages = Pages(services.leave_url)
    chat = Chat(services)

    def language(request: Request) -> str:
        return preferred(request.headers.get("accept-language", ""))

    async def page(request: Request) -> Response:
        return pages.chat(services.catalogue(), language(request)).response(request)

    async def privacy(request: Request) -> Response:
        return pages.privacy(services.catalogue(), language(request), datetime.now(UTC).date()).response(request)

    async def alerts(request: Request) -> Response:
        today = datetime.now(UTC).date()
        holding = [one for one in services.alerts() if one.kind == "alert" and one.ends >= today]
        return pages.alerts(services.catalogue(), language(request), holding).response(request)

    async def asset(request: Request) -> Response:
        body = pages.asset(request.path_params["name"])
        if body is None:
            raise Refused(404)
        return body.response(request, FOR_EVER)

    async def health(request: Request) -> Response:
        """200 while the store answers."""
        try:
            async with asyncio.timeout(_HEALTH_SECONDS):
                await services.store.pending(services.web.name, ACCOUNT, "")
        except (StoreError, TimeoutError):
            raise Refused(503) from None
        return Response("ok", media_type="text/plain")

    router = Router(
        [
            Route("/chat", chat.post, methods=["POST"]),
            Route("/leave", chat.leave, methods=["POST"]),
            Route("/", page, methods=["GET"]),
            Route("/assets/{name}", asset, methods=["GET"]),
            Route("/privacy", privacy, methods=["GET"]),
            Route("/alerts", alerts, methods=["GET"]),
            Route("/healthz", health, methods=["GET"]),
            *(console.routes(services.console, pages, public_url=services.public_url) if services.console else ()),
            *((Mount(api.PREFIX, api.Api(services.api)),) if services.api else ()),
        ]
    )
    hooks: dict[str, ASGIApp] = {}
    if services.telegram is not None:
        hooks["/telegram"] = TelegramHook(services.telegram, services.inbox)
    if services.whatsapp is not None:
        hooks["/whatsapp"] = WhatsAppHook(services.whatsapp, services.inbox)
    return Guard(router, public_url=services.public_url, limit=Limit(), hooks=hooks)
