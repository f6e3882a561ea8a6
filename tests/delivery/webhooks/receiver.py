"""Another system on this machine: it takes what it is told, or lies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web


class Receiver:
    """``answers`` are given in turn, the last one for ever: a status, ``slow``, ``cut`` or ``flood``."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int | str] = [200]
        self.heard: list[tuple[dict[str, str], bytes]] = []

    def said(self) -> list[Any]:
        return [msgspec.json.decode(body) for _, body in self.heard]

    async def take(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((headers, await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        match answer:
            case "slow":
                await asyncio.sleep(30)
            case "cut":
                assert request.transport is not None
                request.transport.close()
            case "flood":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(10_000):
                    await response.write(b"x" * 65_536)
                return response
            case int() if 300 <= answer < 400:
                return web.Response(status=answer, headers={"location": f"{self.url}/elsewhere"})
            case int():
                return web.Response(status=answer)
        return web.Response()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    there = Receiver()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", there.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    host, port = runner.addresses[0][:2]
    there.url = f"http://{host}:{port}"
    try:
        yield there
    finally:
        await runner.cleanup()
