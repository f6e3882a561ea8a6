"""Where organisations are told of their alerts, and what they are told, once each."""

from datetime import datetime
from typing import Any, Final

import msgspec

from bot.store import api_queries
from bot.store.api_protocol import CALL_SECONDS, ROTATING_HOURS, CallState, Webhook, WebhookCall
from bot.store.audit import record
from bot.store.database import WEBHOOK, Database, from_seconds
from bot.store.sealing import STEP
from bot.store.staff_protocol import Entry


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed. ``former`` signs too until the second ``former_until``."""

    url: str
    secret: bytes
    former: bytes = b""
    former_until: int = 0


def webhook(database: Database, organisation: str) -> Webhook | None:
    row = database.connection.execute(api_queries.WEBHOOK, (organisation,)).fetchone()
    if row is None:
        return None
    number, state, cell = row
    kept = _open(database, number, cell)
    former = (kept.former,) if kept.former and kept.former_until > database.now else ()
    return Webhook(organisation=organisation, url=kept.url, secrets=(kept.secret, *former), ended=state == "ended")


def set_webhook(database: Database, organisation: str, url: str, secret: bytes, entry: Entry) -> None:
    row = database.connection.execute(api_queries.WEBHOOK, (organisation,)).fetchone()
    if row is None:
        number = database.new_id()
        cell = _seal(database, number, _Kept(url=url, secret=secret))
        database.write(api_queries.ADD_WEBHOOK, [(number, organisation, cell)])
    else:
        number = row[0]
        kept = _open(database, number, row[2])
        if secret:
            until = int(database.now) + ROTATING_HOURS * 3600
            kept = _Kept(url=url, secret=secret, former=kept.secret, former_until=until)
        else:
            kept = msgspec.structs.replace(kept, url=url)
        database.write(api_queries.SET_WEBHOOK, [(_seal(database, number, kept), number)])
    record(database, entry)


def drop_webhook(database: Database, organisation: str, entry: Entry) -> bool:
    if database.connection.execute(api_queries.DROP_WEBHOOK, (organisation,)).rowcount != 1:
        return False
    database.write(api_queries.END_CALLS, [(organisation,)])
    record(database, entry)
    return True


def calls(database: Database, organisation: str, limit: int) -> list[WebhookCall]:
    rows = database.connection.execute(api_queries.CALLS, (organisation, limit)).fetchall()
    return [_call(row) for row in rows]


def claim(database: Database, limit: int) -> list[WebhookCall]:
    now = int(database.now)
    rows = database.connection.execute(api_queries.CLAIM_CALLS, (now, now + CALL_SECONDS, limit)).fetchall()
    return sorted((_call(row) for row in rows), key=lambda call: call.id)


def settle(database: Database, call: WebhookCall, state: CallState, status: int, due: datetime | None) -> bool:
    moment = int(due.timestamp()) if due else 0
    values = (state, status, moment, call.id, call.tries)
    if database.connection.execute(api_queries.SETTLE_CALL, values).rowcount != 1:
        return False
    if state == "ended":
        database.write(api_queries.END_WEBHOOK, [(call.organisation,)])
        database.write(api_queries.END_CALLS, [(call.organisation,)])
    return True


def _open(database: Database, number: int, cell: bytes) -> _Kept:
    """Raises SealBroken."""
    return _decode(WEBHOOK.unwrap(database.keys.wrapping, number, cell))


def _seal(database: Database, number: int, kept: _Kept) -> bytes:
    """JSON does not mind the spaces by which all are of a size or two."""
    plain = msgspec.json.encode(kept)
    keys = database.keys
    return WEBHOOK.wrap(keys.wrapping[keys.current], keys.current, number, plain.ljust(-(-len(plain) // STEP) * STEP))


def _call(row: Any) -> WebhookCall:
    number, message, organisation, broadcast, event, reason, state, made, tries, status = row
    return WebhookCall(
        id=number,
        message=message,
        organisation=organisation,
        broadcast=broadcast,
        event=event,
        reason=reason,
        state=state,
        made=from_seconds(made),
        tries=tries,
        status=status,
    )


_decode: Final = msgspec.json.Decoder(_Kept).decode
