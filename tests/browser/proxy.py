"""A line that drops: passes bytes on until it is told to lose an answer that the server has already given."""

import asyncio
import contextlib


class BadLine:
    """Between the browser and the server. ``lose`` answers to events are cut after ``keep_bytes`` of them."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self.lose = 0
        self.keep_bytes = 0
        self.lost = 0
        self.url = ""
        self._server: asyncio.Server
        self._connections: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "BadLine":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._connections:
            writer.close()

    async def _serve(self, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(*self._to)
        self._connections |= {to_browser, to_server}
        asked = asyncio.Event()

        async def there() -> None:
            while data := await browser.read(65_536):
                if b'"event"' in data:
                    asked.set()
                to_server.write(data)
            to_server.close()

        async def back() -> None:
            while data := await server.read(65_536):
                if asked.is_set() and self.lose > 0:
                    self.lose -= 1
                    self.lost += 1
                    to_browser.write(data[: self.keep_bytes])
                    break
                asked.clear()
                to_browser.write(data)
            to_browser.close()

        with contextlib.suppress(ConnectionError):
            await asyncio.gather(there(), back())
