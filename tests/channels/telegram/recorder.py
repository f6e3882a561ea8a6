"""A caller that reaches nobody: it answers like Telegram and keeps what it was asked for."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tests.channels.telegram.updates import ACCOUNT


class Recorder:
    account = ACCOUNT

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(
        self, method: str, params: Mapping[str, Any], timeout_seconds: float | None = None, *, bulk: bool = False
    ) -> msgspec.Raw:
        self.calls.append((method, dict(params)))
        return msgspec.Raw(b'{"message_id": %d}' % (5000 + len(self.calls)))

    async def close(self) -> None:
        pass
