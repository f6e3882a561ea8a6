"""That two people let a broadcast out is the database's own rule: SQL by hand is refused too (THREATS T33, T38)."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import DatabaseStore, Entry, Keys, Location, open_store
from bot.store.broadcast_protocol import Broadcast
from tests import postgres
from tests.store.backends import BACKENDS, place
from tests.store.helpers import NOON, Clock, draft, let_out, staffed

NOW = int(NOON.timestamp())


class Refused(Exception):
    pass


class Hand:
    """Whoever has the database and a shell of it. Raises Refused where a rule of the database stands in the way."""

    def __init__(self, where: Location) -> None:
        self.where = where

    def change(self, **columns: object) -> None:
        names = ", ".join(f"{name} = ?{number}" for number, name in enumerate(columns, 1))
        self.sql(f"update broadcasts set {names}", *columns.values())

    def sql(self, statement: str, *values: object) -> None:
        try:
            if isinstance(self.where, Path):
                with closing(sqlite3.connect(self.where, isolation_level=None)) as connection:
                    connection.execute("pragma foreign_keys=on")
                    connection.execute(statement, values)
            else:
                url = self.where.secret
                there = f"{url}{'&' if '?' in url else '?'}search_path=safar"
                postgres.query(there, statement.replace("?", "$"), *values)
        except Exception as error:
            state = getattr(error, "sqlstate", None)
            if isinstance(error, sqlite3.IntegrityError) or state in ("P0001", "23514"):
                raise Refused from error
            raise


@pytest.fixture(params=BACKENDS)
def where(request: pytest.FixtureRequest, folder: Path, keys: Keys) -> Location:
    return place(request.param, folder, keys)


@pytest.fixture
async def store(where: Location, keys: Keys, clock: Clock) -> AsyncIterator[DatabaseStore]:
    store = await open_store(where, keys, clock=clock)
    yield store
    await store.close()


@pytest.fixture
async def proposed(store: DatabaseStore, clock: Clock) -> Broadcast:
    """By anna, and carl changed it; boris may approve, vera is new, olga of another organisation, emil only writes."""
    await staffed(store.staff, clock, "anna", "boris", "carl", "dina", "emil")
    await staffed(store.staff, clock, "vera", days=0.9)
    await staffed(store.staff, clock, "olga", organisation="other")
    await store.staff.set_roles(
        "org", "emil", ("sender", "approver-of-nothing"), Entry(handle="x", what="roles-changed")
    )
    await store.staff.disable("org", "dina", Entry(handle="x", what="staff-disabled"))
    written = await store.broadcasts.add("org", draft(), Entry(handle="anna", what="alert-drafted"))
    saved = await store.broadcasts.save("org", written.key, 1, draft(), Entry(handle="carl", what="alert-saved"))
    assert saved is not None
    assert await store.broadcasts.propose("org", written.key, 2, Entry(handle="anna", what="alert-proposed"))
    return saved


@pytest.fixture
def hand(where: Location, store: DatabaseStore) -> Hand:
    return Hand(where)


def approval(found: Broadcast, handle: str = "boris", **more: object) -> dict[str, object]:
    return {"state": "approved", "approver": handle, "approved": found.draft.digest, "approved_at": NOW, **more}


async def test_a_second_person_may(proposed: Broadcast, hand: Hand) -> None:
    hand.change(**approval(proposed))
    for state in ("enrolling", "sending", "paused", "sending", "done", "sending", "cancelled"):
        hand.change(state=state)


@pytest.mark.parametrize("state", ["approved", "enrolling", "sending", "paused", "done"])
async def test_without_an_approval_nothing_sends(proposed: Broadcast, hand: Hand, state: str) -> None:
    with pytest.raises(Refused):
        hand.change(state=state)


@pytest.mark.parametrize("state", ["enrolling", "sending", "paused", "done"])
async def test_nothing_is_left_out(proposed: Broadcast, hand: Hand, state: str) -> None:
    with pytest.raises(Refused):
        hand.change(**approval(proposed, state=state))


@pytest.mark.parametrize("who", ["", "anna", "carl", "vera", "olga", "emil", "dina", "nobody"])
async def test_nobody_else_may(proposed: Broadcast, hand: Hand, who: str) -> None:
    with pytest.raises(Refused):
        hand.change(**approval(proposed, who))


async def test_a_draft_must_be_proposed(proposed: Broadcast, hand: Hand) -> None:
    hand.change(state="draft")
    with pytest.raises(Refused):
        hand.change(**approval(proposed))


async def test_for_another_digest_it_counts_nothing(proposed: Broadcast, hand: Hand) -> None:
    for wrong in ({"approved": b"x"}, {"digest": b"x"}, {"approved_at": 0}):
        with pytest.raises(Refused):
            hand.change(**approval(proposed) | wrong)


@pytest.mark.parametrize("state", ["approved", "enrolling", "sending", "paused", "done", "cancelled"])
@pytest.mark.parametrize(
    "change",
    [
        {"digest": b"x", "approved": b"x"},
        {"body": b"x"},
        {"starts": 1.0},
        {"ends": 1.0},
        {"corrects": b"x"},
        {"version": 9},
        {"approver": "vera"},
        {"approved_at": 1},
        {"counted": 9},
    ],
)
async def test_what_was_let_out_is_frozen(
    proposed: Broadcast, hand: Hand, state: str, change: dict[str, object]
) -> None:
    hand.change(**approval(proposed))
    if state != "approved":
        hand.change(state=state)
    with pytest.raises(Refused):
        hand.change(**change)
    with pytest.raises(Refused):
        hand.change(**change, state="cancelled")


@pytest.mark.parametrize("state", ["enrolling", "sending", "paused", "done", "cancelled"])
async def test_what_has_begun_is_no_draft_again(proposed: Broadcast, hand: Hand, state: str) -> None:
    hand.change(**approval(proposed))
    hand.change(state=state)
    for back in ("draft", "proposed"):
        with pytest.raises(Refused):
            hand.change(state=back)


async def test_cancelled_is_cancelled(proposed: Broadcast, hand: Hand) -> None:
    hand.change(**approval(proposed))
    hand.change(state="cancelled")
    with pytest.raises(Refused):
        hand.change(state="sending")


async def test_whose_it_is_does_not_change(proposed: Broadcast, hand: Hand) -> None:
    for change in (
        {"author": "vera"},
        {"organisation": "other"},
        {"key": b"x"},
        {"code": "1"},
        {"created": 0},
        {"id": 9},
    ):
        with pytest.raises(Refused):
            hand.change(**change)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from broadcast_hands where handle = 'carl'",
        "update broadcast_hands set handle = 'x' where handle = 'carl'",
        "insert into broadcast_hands select id, 'boris' from broadcasts",
        "delete from broadcasts",
        "update segments set name = 'x'",
        "insert into broadcasts select id + 1, digest, '1', organisation, 'approved', 1, digest, null, 0, corrects,"
        " author, created, 'boris', digest, 9999999999, null, null, null, null, '', body from broadcasts",
    ],
)
async def test_no_trace_is_wiped(store: DatabaseStore, proposed: Broadcast, hand: Hand, statement: str) -> None:
    await store.broadcasts.save_segment("org", "all", b"rule", Entry(handle="anna", what="segment-saved"))
    with pytest.raises(Refused):
        hand.sql(statement)


async def test_the_store_does_not_open_what_another_broadcasts_body_was_put_into(
    store: DatabaseStore, proposed: Broadcast, hand: Hand
) -> None:
    """T2: a text that was never approved cannot take the place of one that was."""
    other = await store.broadcasts.add("org", draft(b"lies"), Entry(handle="anna", what="alert-drafted"))
    hand.sql(
        "update broadcasts set body = (select body from broadcasts where state = 'draft') where state = 'proposed'"
    )
    with pytest.raises(Exception, match=r"broadcasts\.body does not open"):
        await store.broadcasts.broadcast(None, proposed.key)
    assert await store.broadcasts.broadcast(None, other.key) == other


async def test_whoever_approved_may_leave_and_the_alert_is_still_stopped(
    store: DatabaseStore, clock: Clock, hand: Hand
) -> None:
    await staffed(store.staff, clock, "anna", "boris")
    key = (await let_out(store.broadcasts)).key
    hand.sql("update staff set roles = '', state = 'disabled'")
    assert await store.broadcasts.start(key) == 0
    assert await store.broadcasts.turn("org", key, ("sending",), "paused", "staff")


@pytest.mark.parametrize("where", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["broadcasts", "broadcast_hands"])
async def test_no_table_is_emptied_at_once(store: DatabaseStore, proposed: Broadcast, hand: Hand, table: str) -> None:
    with pytest.raises(Refused):
        hand.sql(f"truncate {table} cascade")
