"""Accounts, second factors and sessions of staff; each act with its row of the audit (T38-T44)."""

from collections.abc import Sequence
from typing import Any

from bot.store import staff_queries
from bot.store.audit import record
from bot.store.database import PASSWORD, TOTP, Database, from_seconds
from bot.store.staff_protocol import (
    IDLE_MINUTES,
    SESSION_HOURS,
    STEP_MINUTES,
    Account,
    Entry,
    Factor,
    Invitation,
    Level,
    Session,
)


def add(
    database: Database, handle: str, organisation: str, roles: Sequence[str], invitation: Invitation, entry: Entry
) -> bool:
    number = database.new_id()
    created = int(database.now // 60 * 60)
    row = (number, handle, organisation, " ".join(sorted(roles)), created, *_invitation(database, number, invitation))
    if database.connection.execute(staff_queries.ADD, row).fetchone() is None:
        return False
    record(database, entry)
    return True


def account(database: Database, handle: str) -> Account | None:
    row = database.connection.execute(staff_queries.BY_HANDLE, (handle,)).fetchone()
    return _account(database, row) if row else None


def accounts(database: Database, organisation: str | None) -> list[Account]:
    rows = database.connection.execute(staff_queries.ALL, (organisation,)).fetchall()
    return [_account(database, row) for row in rows]


def set_roles(database: Database, organisation: str | None, handle: str, roles: Sequence[str], entry: Entry) -> bool:
    return _act(database, organisation, handle, staff_queries.SET_ROLES, (" ".join(sorted(roles)),), entry)


def disable(database: Database, organisation: str | None, handle: str, entry: Entry) -> bool:
    return _act(database, organisation, handle, staff_queries.DISABLE, (), entry)


def reset(database: Database, organisation: str | None, handle: str, invitation: Invitation, entry: Entry) -> bool:
    number = _number(database, organisation, handle)
    if number is None:
        return False
    database.write(staff_queries.DROP_CODES, [(number,)])
    values = _invitation(database, number, invitation)
    return _act(database, organisation, handle, staff_queries.RESET, values, entry)


def ask_reset(database: Database, organisation: str, handle: str, by: str, until: float, entry: Entry) -> bool:
    number = _number(database, organisation, handle)
    if number is None:
        return False
    database.write(staff_queries.ASK_RESET, [(by, int(until), number)])
    record(database, entry)
    return True


def reset_asked_by(database: Database, organisation: str, handle: str) -> str:
    found = account(database, handle)
    return found.reset_by if found is not None and found.organisation == organisation else ""


def invited(database: Database, handle: str, token: bytes) -> Account | None:
    wanted = (handle, database.keys.staff("invitation", token), int(database.now))
    row = database.connection.execute(staff_queries.INVITED, wanted).fetchone()
    return _account(database, row) if row else None


def join(
    database: Database,
    old: bytes,
    password: str,
    step: int,
    codes: Sequence[bytes],
    token: bytes,
    entry: Entry,
) -> bool:
    here = session(database, old)
    if here is None or here.level != "joining":
        return False
    number = here.account.id
    values = (_sealed(database, number, password), step, number, step)
    if database.connection.execute(staff_queries.JOIN, values).rowcount != 1:
        return False
    _write_codes(database, number, codes)
    _only_session(database, number, token)
    record(database, entry)
    return True


def begin(database: Database, staff: int, level: Level, token: bytes) -> None:
    now = int(database.now)
    hashed = database.keys.staff("session", token)
    confirmed = now if level == "full" else 0
    database.write(staff_queries.BEGIN, [(database.new_id(), staff, hashed, level, now, now, confirmed)])


def session(database: Database, token: bytes) -> Session | None:
    now = int(database.now)
    terms = (now - IDLE_MINUTES * 60, now - SESSION_HOURS * 3600, now - STEP_MINUTES * 60)
    hashed = database.keys.staff("session", token)
    row = database.connection.execute(staff_queries.SESSION, (hashed, *terms)).fetchone()
    if row is None:
        return None
    return Session(account=_account(database, row), level=row[-2], confirmed=from_seconds(row[-1]))


def touch(database: Database, token: bytes) -> None:
    database.write(staff_queries.TOUCH, [(int(database.now), database.keys.staff("session", token))])


def second_factor(database: Database, old: bytes, factor: Factor, token: bytes, entry: Entry) -> bool:
    here = session(database, old)
    if here is None or here.level != "password" or not _take(database, here.account, factor):
        return False
    database.write(staff_queries.END, [(database.keys.staff("session", old),)])
    begin(database, here.account.id, "full", token)
    record(database, entry)
    return True


def confirm(database: Database, token: bytes, factor: Factor, entry: Entry) -> bool:
    here = session(database, token)
    if here is None or here.level != "full" or not _take(database, here.account, factor):
        return False
    database.write(staff_queries.CONFIRM, [(int(database.now), database.keys.staff("session", token))])
    record(database, entry)
    return True


def set_password(database: Database, staff: int, password: str, token: bytes, entry: Entry) -> None:
    database.write(staff_queries.NEW_PASSWORD, [(_sealed(database, staff, password), staff)])
    _only_session(database, staff, token)
    record(database, entry)


def set_codes(database: Database, staff: int, codes: Sequence[bytes], token: bytes, entry: Entry) -> None:
    _write_codes(database, staff, codes)
    _only_session(database, staff, token)
    record(database, entry)


def end(database: Database, token: bytes, entry: Entry) -> None:
    database.write(staff_queries.END, [(database.keys.staff("session", token),)])
    record(database, entry)


def end_others(database: Database, token: bytes, entry: Entry) -> int:
    ended = database.connection.execute(staff_queries.END_OTHERS, (database.keys.staff("session", token),)).rowcount
    record(database, entry)
    return ended


def _act(
    database: Database, organisation: str | None, handle: str, query: str, values: Sequence[Any], entry: Entry
) -> bool:
    """Change an account; whoever is signed in with it must sign in anew."""
    number = _number(database, organisation, handle)
    if number is None:
        return False
    database.write(query, [(*values, number)])
    database.write(staff_queries.END_ALL, [(number,)])
    record(database, entry)
    return True


def _number(database: Database, organisation: str | None, handle: str) -> int | None:
    row = database.connection.execute(staff_queries.OF_ORGANISATION, (handle, organisation)).fetchone()
    return int(row[0]) if row else None


def _take(database: Database, account: Account, factor: Factor) -> bool:
    if factor.step:
        taken = database.connection.execute(staff_queries.TAKE_STEP, (factor.step, account.id))
    else:
        code = database.keys.staff("recovery", factor.code)
        taken = database.connection.execute(staff_queries.TAKE_CODE, (account.id, code))
    if taken.rowcount == 1 and not factor.step:
        record(database, Entry(handle=account.handle, what="recovery-code-used"))
    return taken.rowcount == 1


def _write_codes(database: Database, staff: int, codes: Sequence[bytes]) -> None:
    database.write(staff_queries.DROP_CODES, [(staff,)])
    rows = [(database.new_id(), staff, database.keys.staff("recovery", code)) for code in codes]
    database.write(staff_queries.ADD_CODE, rows)


def _only_session(database: Database, staff: int, token: bytes) -> None:
    database.write(staff_queries.END_ALL, [(staff,)])
    begin(database, staff, "full", token)


def _invitation(database: Database, number: int, invitation: Invitation) -> tuple[bytes, bytes, int]:
    keys = database.keys
    totp = TOTP.wrap(keys.wrapping[keys.current], keys.current, number, invitation.totp)
    return totp, keys.staff("invitation", invitation.token), int(invitation.until.timestamp())


def _sealed(database: Database, number: int, password: str) -> bytes:
    keys = database.keys
    return PASSWORD.wrap(keys.wrapping[keys.current], keys.current, number, password.encode())


def _account(database: Database, row: Any) -> Account:
    """Raises SealBroken."""
    number, handle, organisation, roles, state, created, step, password, totp, reset_by, reset_until = row[:11]
    ring = database.keys.wrapping
    return Account(
        id=number,
        handle=handle,
        organisation=organisation,
        roles=frozenset(roles.split()),
        state=state,
        created=from_seconds(created),
        password=PASSWORD.unwrap(ring, number, password).decode() if password else "",
        totp=TOTP.unwrap(ring, number, totp),
        step=step,
        reset_by=reset_by if reset_by and reset_until > database.now else "",
    )
