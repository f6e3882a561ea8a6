"""``ApiStore`` in the writer thread."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from bot.store import tokens, webhooks
from bot.store.api_protocol import CallState, Token, Webhook, WebhookCall
from bot.store.staff_protocol import Entry
from bot.store.writer import Writer


class DatabaseApiStore:
    """``api_protocol.ApiStore``; closed with the store that made it."""

    def __init__(self, writer: Writer) -> None:
        self._do = writer.alone

    async def add_token(
        self, label: str, organisation: str, scopes: Sequence[str], secret: bytes, until: date, entry: Entry
    ) -> bool:
        return await self._do(
            partial(
                tokens.add,
                label=label,
                organisation=organisation,
                scopes=scopes,
                secret=secret,
                until=until,
                entry=entry,
            )
        )

    async def tokens(self, organisation: str | None) -> list[Token]:
        return await self._do(partial(tokens.tokens, organisation=organisation))

    async def end_token(self, organisation: str | None, label: str, entry: Entry) -> bool:
        return await self._do(partial(tokens.end, organisation=organisation, label=label, entry=entry))

    async def token(self, secret: bytes) -> Token | None:
        return await self._do(partial(tokens.token, secret=secret))

    async def set_webhook(self, organisation: str, url: str, secret: bytes, entry: Entry) -> None:
        await self._do(partial(webhooks.set_webhook, organisation=organisation, url=url, secret=secret, entry=entry))

    async def drop_webhook(self, organisation: str, entry: Entry) -> bool:
        return await self._do(partial(webhooks.drop_webhook, organisation=organisation, entry=entry))

    async def webhook(self, organisation: str) -> Webhook | None:
        return await self._do(partial(webhooks.webhook, organisation=organisation))

    async def calls(self, organisation: str, limit: int) -> list[WebhookCall]:
        return await self._do(partial(webhooks.calls, organisation=organisation, limit=limit))

    async def claim_calls(self, limit: int) -> list[WebhookCall]:
        return await self._do(partial(webhooks.claim, limit=limit))

    async def settle_call(self, call: WebhookCall, state: CallState, status: int, due: datetime | None = None) -> bool:
        return await self._do(partial(webhooks.settle, call=call, state=state, status=status, due=due))
