"""What goes between a process and its carrier: lists in frames, as many at once as a round of the loop made."""

import asyncio
from typing import Final, Generic, TypeVar

import msgspec

_T = TypeVar("_T")
_LENGTH: Final = 4


class Post(msgspec.Struct, frozen=True, array_like=True):
    """``authorization``: the header of that name, or nothing."""

    number: int
    url: str
    authorization: str
    body: bytes


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """``status`` is HTTP's, or one of the two below."""

    number: int
    status: int
    body: bytes = b""


#: The server was not reached, so that nothing was asked of it.
NOT_REACHED: Final = 0
#: What was asked may have been done.
NO_ANSWER: Final = -1


class Wire(Generic[_T]):
    """One end. ``comes``: what the other end puts."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, comes: type[_T]) -> None:
        self._reader = reader
        self._writer = writer
        self._decode = msgspec.msgpack.Decoder(list[comes]).decode  # type: ignore[valid-type]
        self._encode = msgspec.msgpack.Encoder().encode
        self._leaving: list[object] = []

    def put(self, one: Post | Answer) -> None:
        """It leaves with all that this round of the loop puts."""
        self._leaving.append(one)
        if len(self._leaving) == 1:
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        frame = self._encode(self._leaving)
        self._leaving.clear()
        self._writer.write(len(frame).to_bytes(_LENGTH, "big") + frame)

    async def get(self) -> list[_T]:
        """Raises IncompleteReadError and ConnectionError when the other end is gone."""
        length = int.from_bytes(await self._reader.readexactly(_LENGTH), "big")
        return self._decode(await self._reader.readexactly(length))

    def close(self) -> None:
        self._writer.close()
