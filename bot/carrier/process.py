"""The carrier's own process: ``python -m bot.carrier.process FD SECONDS CONNECTIONS``, started by ``Carrier`` alone.

It ends with the process that started it: what it is still posting then is as unclear as if that one had posted it.
"""

import asyncio
import gc
import os
import signal
import socket
import sys

import uvloop
from aiohttp import ClientConnectorError, ClientSession, ConnectionTimeoutError

from bot.carrier.deadline import Deadline
from bot.carrier.session import NO_LIMIT, open_session
from bot.carrier.wire import NO_ANSWER, NOT_REACHED, Answer, Post, Wire


async def carry(fd: int, seconds: float, connections: int) -> None:
    wire = Wire(*await asyncio.open_connection(sock=socket.socket(fileno=fd)), Post)
    deadline, http, tasks = Deadline(seconds), open_session(connections), set[asyncio.Task[None]]()

    async def post(one: Post) -> None:
        try:
            answer = await deadline.keep(_posted(http, one))
        except (ClientConnectorError, ConnectionTimeoutError):
            answer = Answer(one.number, NOT_REACHED)
        except Exception:  # whatever it is, somebody waits for it
            answer = Answer(one.number, NO_ANSWER)
        wire.put(answer)

    wire.flush()  # it is ready
    while True:
        try:
            posts = await wire.get()
        except (asyncio.IncompleteReadError, ConnectionError):
            os._exit(0)  # nobody is there to hear what became of the others
        for one in posts:
            task = asyncio.create_task(post(one))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


async def _posted(http: ClientSession, one: Post) -> Answer:
    headers = {"Authorization": one.authorization} if one.authorization else None
    # a redirection would carry the token to wherever it points
    async with http.post(one.url, data=one.body, headers=headers, timeout=NO_LIMIT, allow_redirects=False) as answer:
        return Answer(one.number, answer.status, await answer.read())


def main() -> None:
    # A terminal's Ctrl-C and a stopping service reach the whole group: what is under way may end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    fd, seconds, connections = sys.argv[1:]
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(carry(int(fd), float(seconds), int(connections)))


if __name__ == "__main__":
    main()
