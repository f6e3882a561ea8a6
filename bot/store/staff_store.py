"""``StaffStore`` in the writer thread."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.store import audit, staff
from bot.store.staff_protocol import Account, Audited, Entry, Factor, Invitation, Level, Session
from bot.store.writer import Writer


class DatabaseStaffStore:
    """``staff_protocol.StaffStore``; closed with the store that made it."""

    def __init__(self, writer: Writer) -> None:
        self._do = writer.alone

    async def add(
        self, handle: str, organisation: str, roles: Sequence[str], invitation: Invitation, entry: Entry
    ) -> bool:
        return await self._do(
            partial(
                staff.add, handle=handle, organisation=organisation, roles=roles, invitation=invitation, entry=entry
            )
        )

    async def account(self, handle: str) -> Account | None:
        return await self._do(partial(staff.account, handle=handle))

    async def accounts(self, organisation: str | None) -> list[Account]:
        return await self._do(partial(staff.accounts, organisation=organisation))

    async def set_roles(self, organisation: str | None, handle: str, roles: Sequence[str], entry: Entry) -> bool:
        return await self._do(
            partial(staff.set_roles, organisation=organisation, handle=handle, roles=roles, entry=entry)
        )

    async def disable(self, organisation: str | None, handle: str, entry: Entry) -> bool:
        return await self._do(partial(staff.disable, organisation=organisation, handle=handle, entry=entry))

    async def reset(self, organisation: str | None, handle: str, invitation: Invitation, entry: Entry) -> bool:
        return await self._do(
            partial(staff.reset, organisation=organisation, handle=handle, invitation=invitation, entry=entry)
        )

    async def ask_reset(self, organisation: str, handle: str, by: str, until: datetime, entry: Entry) -> bool:
        second = until.timestamp()
        return await self._do(
            partial(staff.ask_reset, organisation=organisation, handle=handle, by=by, until=second, entry=entry)
        )

    async def reset_asked_by(self, organisation: str, handle: str) -> str:
        return await self._do(partial(staff.reset_asked_by, organisation=organisation, handle=handle))

    async def invited(self, handle: str, token: bytes) -> Account | None:
        return await self._do(partial(staff.invited, handle=handle, token=token))

    async def join(
        self, session: bytes, password: str, step: int, codes: Sequence[bytes], token: bytes, entry: Entry
    ) -> bool:
        return await self._do(
            partial(staff.join, old=session, password=password, step=step, codes=codes, token=token, entry=entry)
        )

    async def begin(self, staff_id: int, level: Level, token: bytes) -> None:
        await self._do(partial(staff.begin, staff=staff_id, level=level, token=token))

    async def session(self, token: bytes) -> Session | None:
        return await self._do(partial(staff.session, token=token))

    async def touch(self, token: bytes) -> None:
        await self._do(partial(staff.touch, token=token))

    async def second_factor(self, session: bytes, factor: Factor, token: bytes, entry: Entry) -> bool:
        return await self._do(partial(staff.second_factor, old=session, factor=factor, token=token, entry=entry))

    async def confirm(self, session: bytes, factor: Factor, entry: Entry) -> bool:
        return await self._do(partial(staff.confirm, token=session, factor=factor, entry=entry))

    async def set_password(self, staff_id: int, password: str, token: bytes, entry: Entry) -> None:
        await self._do(partial(staff.set_password, staff=staff_id, password=password, token=token, entry=entry))

    async def set_codes(self, staff_id: int, codes: Sequence[bytes], token: bytes, entry: Entry) -> None:
        await self._do(partial(staff.set_codes, staff=staff_id, codes=codes, token=token, entry=entry))

    async def end(self, session: bytes, entry: Entry) -> None:
        await self._do(partial(staff.end, token=session, entry=entry))

    async def end_others(self, session: bytes, entry: Entry) -> int:
        return await self._do(partial(staff.end_others, token=session, entry=entry))

    async def record(self, entry: Entry) -> None:
        await self._do(partial(audit.record, entry=entry))

    async def open_ticket(self, handle: str, ticket: bytes, *, again: bool) -> bool:
        return await self._do(partial(audit.open_ticket, handle=handle, ticket=ticket, again=again))

    async def audit(self, organisation: str | None, limit: int) -> list[Audited]:
        return await self._do(partial(audit.newest, organisation=organisation, limit=limit))
