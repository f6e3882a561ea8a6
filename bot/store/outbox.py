"""Replies on their way: read, claimed, settled; each for many calls at once."""

from collections.abc import Sequence
from typing import Any, Literal

from bot.store import queries
from bot.store.changes import note
from bot.store.columns import STATES
from bot.store.database import ADDRESS, BODY, REF, Database, contact_bytes, stamp, unpack_address
from bot.store.leases import is_held
from bot.store.protocol import OutboxRow, Settled
from bot.store.sealing import SealBroken


def open_rows(database: Database, query: str, values: Sequence[Any]) -> list[OutboxRow]:
    """The rows of one of ``queries.UNSENT_OF_...``."""
    return _opened(database, database.connection.execute(query, values).fetchall())


def _opened(database: Database, sealed: Sequence[Any]) -> list[OutboxRow]:
    """One whose seal is broken fails visibly and holds up nobody."""
    rows = []
    for number, contact, channel, address_cell, body_cell, attempts, wrapped in sealed:
        try:
            key = database.contact_key(contact, wrapped)
            account, address = unpack_address(ADDRESS.open(key, contact, address_cell))
            body = BODY.open(key, number, body_cell)
        except SealBroken:
            fail(database, [(number, contact, "seal-broken")])
            continue
        rows.append(
            OutboxRow(
                id=number,
                contact=contact_bytes(contact),
                channel=channel,
                account=account,
                address=address,
                body=body,
                attempts=attempts,
            )
        )
    return rows


def unsent(database: Database, channels: Sequence[str], limit: int, after: int) -> list[OutboxRow]:
    rows = database.select(queries.UNSENT_BY_CHANNEL, list(channels), after, database.now, limit)
    return _opened(database, rows)


def pending(database: Database, channel: str, account: str, address: str) -> list[OutboxRow]:
    lookup = database.keys.lookup(channel, account, address)
    return open_rows(database, queries.UNSENT_OF_CONTACT, (lookup,))


def claim_all(database: Database, claims: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
    """Each is a fence and ids. A row named by two claims goes to the first; a fence that is past gets nothing."""
    held = {fence: is_held(database, fence) for fence in dict.fromkeys(fence for fence, _ in claims)}
    won: list[set[int]] = [set() for _ in claims]
    for fence, alive in held.items():
        mine = [(place, ids) for place, (its, ids) in enumerate(claims) if its == fence and alive]
        free = {row[0] for row in database.select(queries.CLAIM, [one for _, ids in mine for one in ids], fence)}
        for place, ids in mine:
            won[place] = free.intersection(ids)
            free -= won[place]
    return won


def settle_all(database: Database, calls: Sequence[Sequence[Settled]]) -> list[None]:
    results = [result for call in calls for result in call]
    known = {row[0]: row for row in database.select(queries.ROWS_TO_SETTLE, [result.id for result in results])}
    gone, retries, failed, blocked, messages, followed = [], [], [], [], [], []
    for result in results:
        row = known.get(result.id)
        if row is None:
            continue
        number, contact, wrapped, fence = row
        if fence != result.fence:  # somebody else sends it now
            continue
        if result.mark == "blocked":
            blocked.append(contact)
        if result.state == "retry":
            retries.append((0.0 if result.due is None else result.due.timestamp(), number))
            continue
        del known[number]
        if result.state == "failed":
            failed.append((number, contact, result.code))
            continue
        gone.append((number,))
        if result.reported:
            followed.append((number, contact, STATES.index("sent"), database.day))
        if result.ref is not None:
            try:
                ref = _seal_ref(database, number, contact, wrapped, result.ref)
            except SealBroken:  # the contact can be opened no more; the message is sent all the same
                continue
            messages.append((number, contact, database.day, ref))
    database.write(queries.DROP_OUTBOX, gone)
    database.write(queries.RETRY, retries)
    database.write(queries.ADD_MESSAGE, messages)
    database.write(queries.ADD_DELIVERY, followed)
    block(database, sorted(blocked))
    fail(database, failed)
    return [None] * len(calls)


def fail(database: Database, rows: Sequence[tuple[int, int, str]]) -> None:
    """Take (row, contact, code) off the way: the body goes, the code stays."""
    database.write(queries.ADD_FAILURE, [(number, contact, database.day, code) for number, contact, code in rows])
    database.write(queries.DROP_OUTBOX, [(number,) for number, _, _ in rows])


def drop_waiting(database: Database, contact: int, before: int) -> None:
    """The person hid the chat: what waits since before that row is not said any more, whichever process would send."""
    ids = database.connection.execute(queries.WAITING_BEFORE, (contact, before)).fetchall()
    fail(database, [(row[0], contact, "hidden") for row in ids])


def block(database: Database, contacts: Sequence[int]) -> None:
    """They get nothing more until they write again."""
    database.write(queries.BLOCK, [(contact,) for contact in contacts])
    note(database, contacts)


def mark(database: Database, channel: str, account: str, address: str, state: Literal["active", "blocked"]) -> None:
    lookup = database.keys.lookup(channel, account, address)
    note(database, [row[0] for row in database.connection.execute(queries.MARK, (state, lookup)).fetchall()])


def recover(database: Database) -> int:
    connection = database.connection
    connection.execute(queries.FAIL_UNCLEAR, (database.now, database.day))
    connection.execute(queries.DROP_UNCLEAR, (database.now,))
    return connection.execute(queries.WAIT_AGAIN, (database.now,)).rowcount


def _seal_ref(database: Database, number: int, contact: int, wrapped: bytes, ref: str) -> bytearray:
    return REF.seal(database.contact_key(contact, wrapped), number, stamp(database.now, ref.encode()))
