"""A caller that reaches nobody: it answers like WhatsApp and keeps what it was asked for."""

from collections.abc import Mapping
from typing import Any

from tests.channels.whatsapp.webhooks import ACCOUNT


class Recorder:
    def __init__(self, *accounts: str) -> None:
        self.accounts = accounts or (ACCOUNT,)
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    async def call(self, account: str, method: str, params: Mapping[str, Any], *, bulk: bool = False) -> bytes:
        self.calls.append((account, method, dict(params)))
        return b'{"messages": [{"id": "wamid.%d"}]}' % len(self.calls)

    async def close(self) -> None:
        pass
