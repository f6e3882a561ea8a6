"""This process's end: when a carrier is worth having, what it was given, and what became of that."""

import asyncio
import os
import socket
import sys
from contextlib import suppress
from itertools import count
from typing import Final

import structlog

from bot.carrier.wire import NO_ANSWER, NOT_REACHED, Answer, Post, Wire

#: A carrier is started after two seconds with so many posts in each, and let go after a minute without any. Fewer take
#: a fiftieth of a processor.
_WORTH_PER_SECOND: Final = 200
_EVERY_SECONDS: Final = 1.0
_BUSY_LOOKS: Final = 2
_IDLE_LOOKS: Final = 60
#: After one was lost: whatever ended it may end the next one too, and makes posts unclear.
_PAUSE_LOOKS: Final = 10
_START_SECONDS: Final = 30.0
#: It tells what became of a post by the post's own limit; so much later it stands still.
_LATE_SECONDS: Final = 10.0
#: It may have been this process that stood still, and the answers are here already.
_STILL_LOOKS: Final = 2
_END_SECONDS: Final = 2.0
#: Settings, which hold secrets that a carrier does not need.
_OURS: Final = ("SAFAR_", "TELEGRAM_", "WHATSAPP_")

_log = structlog.get_logger()


class NotReached(Exception):
    """Nothing was asked of the server."""


class Carrier:
    """``takes`` before each post that a carrier may make; where it says yes, ``post``. ``seconds``: of one post;
    ``connections``: at once."""

    def __init__(self, seconds: float, connections: int) -> None:
        self._seconds: Final = seconds
        self._connections: Final = connections
        self._numbers = count(1)
        self._open: dict[int, tuple[float, asyncio.Future[Answer]]] = {}
        self._wire: Wire[Answer] | None = None
        self._watching: asyncio.Task[None] | None = None
        #: Posts since the last look.
        self._lately = 0

    def takes(self) -> bool:
        """Count a post that is about to be made, and tell whether the carrier makes it."""
        self._lately += 1
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        return self._wire is not None

    async def post(self, url: str, authorization: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer. Raises NotReached, and TimeoutError where none came."""
        assert self._wire is not None
        loop, number = asyncio.get_running_loop(), next(self._numbers)
        future: asyncio.Future[Answer] = loop.create_future()
        self._open[number] = loop.time(), future
        self._wire.put(Post(number, url, authorization, body))
        answer = await future
        if answer.status == NOT_REACHED:
            raise NotReached
        if answer.status == NO_ANSWER:
            raise TimeoutError
        return answer.status, answer.body

    async def close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        """While posts come."""
        carrying: asyncio.Task[None] | None = None
        busy = idle = still = pause = 0
        try:
            while idle < _IDLE_LOOKS:
                await asyncio.sleep(_EVERY_SECONDS)
                busy = busy + 1 if self._lately >= _WORTH_PER_SECOND * _EVERY_SECONDS else 0
                idle = idle + 1 if not self._lately else 0
                still = still + 1 if self._stands_still() else 0
                pause = max(0, pause - 1)
                self._lately = 0
                if carrying is None:
                    if busy >= _BUSY_LOOKS and not pause and _has_room():
                        carrying = asyncio.create_task(self._carry())
                elif carrying.done():
                    carrying, pause = None, _PAUSE_LOOKS
                elif still >= _STILL_LOOKS:
                    self._tell_of_loss("still")
                    carrying.cancel()
        finally:
            self._watching = None
            if carrying is not None:
                carrying.cancel()
                await asyncio.gather(carrying, return_exceptions=True)

    def _stands_still(self) -> bool:
        began = next((began for began, _ in self._open.values()), None)
        late = self._seconds + _LATE_SECONDS
        return began is not None and asyncio.get_running_loop().time() - began > late

    async def _carry(self) -> None:
        """Have a process, as long as it lives."""
        ours, its = socket.socketpair()
        process, wire = None, None
        try:
            with its:
                command = (sys.executable, "-m", "bot.carrier.process", its.fileno(), self._seconds, self._connections)
                process = await asyncio.create_subprocess_exec(
                    *map(str, command),
                    stdin=asyncio.subprocess.DEVNULL,
                    env={name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
                    pass_fds=[its.fileno()],
                    start_new_session=True,
                )
            wire = Wire(*await asyncio.open_connection(sock=ours), Answer)
            async with asyncio.timeout(_START_SECONDS):
                await wire.get()
            self._wire = wire
            _log.info("carrier-started")
            while True:
                self._take(await wire.get())
        except (OSError, EOFError, TimeoutError) as error:
            self._tell_of_loss(type(error).__name__)
        finally:
            self._wire = None
            self._take([Answer(number, NO_ANSWER) for number in self._open])
            wire.close() if wire is not None else ours.close()
            if process is not None:
                await _ended(process)

    def _tell_of_loss(self, kind: str) -> None:
        _log.warning("carrier-lost", kind=kind, unclear=len(self._open))

    def _take(self, answers: list[Answer]) -> None:
        for answer in answers:
            _, future = self._open.pop(answer.number)
            if not future.done():  # its owner was cancelled
                future.set_result(answer)


def _has_room() -> bool:
    """A second processor; outside Linux this is not asked for."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It ends by itself when it hears nothing from us any more, unless it stands still."""
    try:
        async with asyncio.timeout(_END_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
