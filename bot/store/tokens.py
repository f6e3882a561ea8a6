"""Tokens of other systems, and what they asked for once."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from bot.store import api_queries
from bot.store.api_protocol import ANSWER_HOURS, AskedOtherwise, Once, Token
from bot.store.audit import record
from bot.store.database import Database
from bot.store.staff_protocol import Entry

_BEGINNING: Final = date(1970, 1, 1)


def add(
    database: Database, label: str, organisation: str, scopes: Sequence[str], secret: bytes, until: date, entry: Entry
) -> bool:
    hashed = database.keys.api("token", secret)
    last = (until - _BEGINNING).days
    row = (database.new_id(), label, organisation, " ".join(sorted(scopes)), hashed, entry.handle, database.day, last)
    if database.connection.execute(api_queries.ADD_TOKEN, row).fetchone() is None:
        return False
    record(database, entry)
    return True


def tokens(database: Database, organisation: str | None) -> list[Token]:
    query, values = (api_queries.TOKENS, ()) if organisation is None else (api_queries.TOKENS_OF, (organisation,))
    return [_token(row) for row in database.connection.execute(query, values).fetchall()]


def end(database: Database, organisation: str | None, label: str, entry: Entry) -> bool:
    row = database.connection.execute(api_queries.LABELLED, (label,)).fetchone()
    if row is None or organisation not in (None, row[1]):
        return False
    database.write(api_queries.END_TOKEN, [(row[0],)])
    record(database, entry)
    return True


def token(database: Database, secret: bytes) -> Token | None:
    """Found by its keyed hash: how long that takes tells nothing of any secret (THREATS T52)."""
    wanted = (database.keys.api("token", secret), database.day)
    row = database.connection.execute(api_queries.TOKEN, wanted).fetchone()
    if row is None:
        return None
    found = _token(row)
    if found.used != _date(database.day):
        database.write(api_queries.USED, [(database.day, found.id)])
    return found


def once(database: Database, asked: Once, make: Callable[[], bytes]) -> bytes:
    """The reference of what ``make`` made, now or the first time. Raises AskedOtherwise."""
    owner = asked.token.to_bytes(8, "big")
    key, body = database.keys.api("key", owner + asked.key), database.keys.api("body", owner + asked.body)
    since = int(database.now) - ANSWER_HOURS * 3600
    known = database.connection.execute(api_queries.ANSWER, (key, since)).fetchone()
    if known is None:
        reference = make()
        database.write(api_queries.DROP_ANSWER, [(key,)])
        row = (database.new_id(), asked.token, key, body, reference, int(database.now))
        database.write(api_queries.ADD_ANSWER, [row])
        return reference
    if known[0] != body:
        raise AskedOtherwise("The key of this request was used for another one.")
    return bytes(known[1])


def _token(row: Any) -> Token:
    number, label, organisation, scopes, made_by, created, until, used, ended = row
    return Token(
        id=number,
        label=label,
        organisation=organisation,
        scopes=frozenset(scopes.split()),
        made_by=made_by,
        created=_date(created),
        until=_date(until),
        used=None if used is None else _date(used),
        ended=bool(ended),
    )


def _date(day: int) -> date:
    return _BEGINNING + timedelta(days=day)
