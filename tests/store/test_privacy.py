"""What a thief of the files learns: nothing (T1, T2, T4, T5, T10, T12)."""

import asyncio
import base64
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import Entry, Keys, Once, Outcome, SealBroken, Settled, SqliteStore, TicketChange, Timer, back_up
from bot.store.columns import TABLES
from bot.store.database import (
    ADDRESS,
    ALERT,
    BODY,
    HEAD,
    LINE,
    PASSWORD,
    PROFILE,
    QUESTION,
    REF,
    SEGMENT,
    SESSION,
    TICKET_KEY,
    TIMER,
    TOTP,
    UNTIL,
    WEBHOOK,
    WRAPPED,
)
from bot.store.database import WHO as CHANGED
from tests.marks import search_marks
from tests.store.helpers import NOON, Clock, draft, fence, let_out, send_to_all, staffed, works

MARKS = [
    "Nigora-4711",
    "Tajik-4712",
    "hiv-4713",
    "wamid-4714",
    "reply-4715",
    "remind-4716",
    "ours-4717",
    "upd-4718",
    "code-4719",
    "token-4720",
    "asked-4721",
    "hook-4722",
]
WHO, FROM, ABOUT, THEIR_REF, REPLY, REMINDER, OUR_REF, UPDATE, CODE, TOKEN, ASKED, HOOK = MARKS
#: Clear cells that are drawn at random, or are a keyed hash of what is.
RANDOM = {
    "meta.value",
    "tickets.ticket",
    "tickets.desk",
    "broadcasts.key",
    "broadcasts.code",
    "broadcasts.digest",
    "api_tokens.token",
    "api_answers.key",
    "api_answers.body",
    "api_answers.reference",
    "webhook_calls.message",
    "webhook_calls.broadcast",
    "audit.object",
    "audit.chain",
}
#: Clear moments: of the program itself, of an alert or of another system, not of a person.
MOMENTS = {
    "meta.value",
    "leases.until",
    "broadcasts.created",
    "broadcasts.ends",
    "api_answers.made",
    "webhook_calls.made",
    "webhook_calls.due",
}


async def talk(store: SqliteStore, address: str, *, session: bytes, body: bytes, profile: bytes) -> None:
    """All that one person can leave behind, in every table."""
    wait = Timer(due=NOON + timedelta(days=1), body=session)
    reminder = Timer(due=NOON + timedelta(days=2), body=REMINDER.encode() + session, kind="reminder")
    asked = ABOUT.encode() + body
    outcome = Outcome(
        profile=profile,
        session=session,
        outbox=(body, body),
        timers=(wait, reminder),
        questions=(asked,),
        move=CODE + address,
    )
    taken = await store.take(works(address, update=UPDATE + address, ref=THEIR_REF, outcome=outcome))
    sent, failed = (row.id for row in taken.rows)
    mine = await fence(store)
    await store.claim([sent, failed], mine)
    await store.settle(
        [
            Settled(id=sent, state="sent", ref=OUR_REF, reported=True, fence=mine),
            Settled(id=failed, state="failed", code="x", fence=mine),
        ]
    )
    await store.take(works(address, outcome=outcome))
    change = TicketChange(head=session, lines=(body, asked), organisation=asked.decode(), opens=True)
    await store.take(works(address, outcome=Outcome(ticket=change)))


async def other_systems(store: SqliteStore, said: bytes) -> None:
    """All that another system of an organisation can leave behind, in every table."""
    secret, mark = TOKEN.encode() + said, Entry(handle="boss", what="token-added")
    assert await store.api.add_token("crm", "org", ("alerts:draft",), secret, NOON.date() + timedelta(days=30), mark)
    used = await store.api.token(secret)
    assert used is not None
    url = f"https://hooks.example.org/{HOOK}{said.hex()}"
    await store.api.set_webhook("org", url, HOOK.encode() + said, Entry(handle="boss", what="webhook-set"))
    once = Once(token=used.id, key=ASKED.encode() + said, body=said + ASKED.encode())
    asking = Entry(handle=used.handle, what="alert-drafted")
    made = await store.broadcasts.add("org", draft(ASKED.encode() + said), asking, once)
    assert await store.broadcasts.turn(None, made.key, ("draft",), "cancelled", "expired")
    (call,) = await store.api.claim_calls(10)
    assert await store.api.settle_call(call, "waiting", 500, NOON + timedelta(hours=1))


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f"select * from {name}").fetchall() for name in TABLES}


def cells(path: Path, form: str) -> list[tuple[str, Any]]:
    rows = dump(path)
    return [
        (f"{name}.{column.name}", row[at])
        for name, table in TABLES.items()
        for row in rows[name]
        for at, column in enumerate(table.columns)
        if column.form == form
    ]


def tamper(path: Path, table: str, column: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        key = "id" if table == "contacts" else "contact"
        first = connection.execute("select contact from contact_keys order by contact").fetchone()
        assert connection.execute(f"update {table} set {column} = zeroblob(285) where {key} = ?", first).rowcount >= 1


async def test_no_mark_is_found_in_any_file_in_any_form(
    store: SqliteStore, path: Path, keys: Keys, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "backup").mkdir()
    for number in range(20):
        session, body, profile = (mark.encode() * 20 for mark in (ABOUT, REPLY, FROM))
        await talk(store, f"{WHO}-{number}", session=session, body=body, profile=profile)
    await other_systems(store, ABOUT.encode())
    await staffed(store.staff, clock, "anna", "boris")
    alert = await let_out(store.broadcasts, draft(ABOUT.encode() * 20, corrects=b"other"))
    await send_to_all(store, store.broadcasts, alert, OUR_REF)
    await store.broadcasts.save_segment("org", "all", FROM.encode(), Entry(handle="anna", what="segment-saved"))
    back_up(path, tmp_path / "backup", keys, clock.now)
    with closing(sqlite3.connect(path)) as connection:
        (tmp_path / "dump.sql").write_text("\n".join(connection.iterdump()))
    shutil.copytree(path.parent, tmp_path / "running")

    assert (tmp_path / "running" / "safar.db-wal").stat().st_size > 10_000
    empty = {name for name, rows in dump(path).items() if not rows}
    assert empty == {"tombstones", "flow_versions", "counts", "recovery_codes"}  # of nobody
    assert search_marks(tmp_path, MARKS) == []


async def test_no_platform_id_is_kept_that_decodes_to_a_number(store: SqliteStore, path: Path) -> None:
    number = "79001234567"
    wamid = "wamid." + base64.b64encode(f"\x18\x0b{number}\x15\x02".encode()).decode()
    taken = await store.take(works(number, update=wamid, ref=wamid, channel="whatsapp"))
    await store.settle([Settled(id=taken.rows[0].id, state="sent", ref=wamid)])
    await store.close()

    assert search_marks(path.parent, [number, wamid]) == []


async def test_two_different_talks_leave_the_same_clear_cells(tmp_path: Path, keys: Keys, clock: Clock) -> None:
    left: list[list[tuple[str, Any]]] = []
    for session, body in ((b"hiv-positive, Norilsk, trafficking", b"Where to get help"), (b"menu", b"What next?")):
        path = tmp_path / f"{len(left)}.db"
        store = await SqliteStore.open(path, keys, clock=clock)
        await talk(store, "5000000001", session=session, body=body, profile=session)
        await other_systems(store, session)
        await store.close()
        contact = dump(path)["contacts"][0][0]
        clear = [(name, "the contact" if value == contact else value) for name, value in cells(path, "clear")]
        left.append([cell for cell in clear if cell[0] not in RANDOM])

    assert left[0] == left[1]
    assert len(left[0]) > 70


async def test_sealed_cells_are_steps_of_256_and_mostly_one_size(store: SqliteStore, path: Path) -> None:
    for number in range(1, 30):
        await talk(store, str(number), session=b"s" * number * 8, body=b"b" * number * 4, profile=b"p" * number)
    await other_systems(store, b"s")
    fixed = {"contact_keys.wrapped", "ticket_keys.wrapped", "changes.who"}
    sizes = [len(value) for name, value in cells(path, "sealed") if name not in fixed]

    assert {(size - 29) % 256 for size in sizes} == {0}
    assert sizes.count(256 + 29) > len(sizes) * 0.9


async def test_clear_times_are_days(store: SqliteStore, path: Path, clock: Clock) -> None:
    clock.advance(seconds=4242)
    await talk(store, "5000000001", session=b"s", body=b"b", profile=b"p")
    await other_systems(store, b"s")

    now = clock.now.timestamp()
    numbers = [cell for cell in cells(path, "clear") if isinstance(cell[1], int | float) and cell[0] not in MOMENTS]
    assert [cell for cell in numbers if abs(cell[1] - now) < 40 * 86_400 or abs(cell[1] - now / 3600) < 1000] == []


async def test_of_all_cells_each_opens_in_its_own_place_alone(store: SqliteStore, path: Path, keys: Keys) -> None:
    for address in ("5000000001", "5000000002"):
        await talk(store, address, session=b"same", body=b"same", profile=b"same")
    places, contents = [], []
    with closing(sqlite3.connect(path)) as connection:
        for contact, wrapped in connection.execute("select contact, wrapped from contact_keys").fetchall():
            key = AESGCM(WRAPPED.unwrap(keys.wrapping, contact, wrapped))
            for place in (ADDRESS, PROFILE, SESSION, BODY, REF, TIMER, QUESTION, UNTIL):
                table, column = place.name.split(".")
                of = "id" if table == "contacts" else "contact"
                for row, cell in connection.execute(f"select id, {column} from {table} where {of} = ?", (contact,)):
                    places.append((place, key, row))
                    contents.append(cell)
        for number, wrapped in connection.execute("select ticket, wrapped from ticket_keys").fetchall():
            key = AESGCM(TICKET_KEY.unwrap(keys.wrapping, number, wrapped))
            for place, of in ((HEAD, "id"), (LINE, "ticket")):
                table, column = place.name.split(".")
                for row, cell in connection.execute(f"select id, {column} from {table} where {of} = ?", (number,)):
                    places.append((place, key, row))
                    contents.append(cell)
    declared = {f"{name}.{c.name}" for name, table in TABLES.items() for c in table.columns if c.form == "sealed"}
    under_master = {place.name for place in (WRAPPED, TICKET_KEY, PASSWORD, TOTP, ALERT, SEGMENT, CHANGED, WEBHOOK)}
    assert {place.name for place, _, _ in places} | under_master == declared
    assert len(places) > 16

    for (at, (place, key, row)), (of_place, cell) in product(enumerate(places), enumerate(contents)):
        if at == of_place:
            assert place.open(key, row, cell)
        else:
            with pytest.raises(SealBroken):
                place.open(key, row, cell)


@pytest.mark.parametrize("column", ["session", "profile"])
async def test_a_broken_seal_stops_its_own_turn_alone(path: Path, keys: Keys, column: str) -> None:
    store = await SqliteStore.open(path, keys)
    await store.take(works("1"))
    tamper(path, "contacts", column)
    results = await asyncio.gather(store.take(works("1", update="u")), store.take(works("2")), return_exceptions=True)

    assert isinstance(results[0], SealBroken)
    assert not isinstance(results[1], BaseException)
    with pytest.raises(SealBroken):
        await store.take(works("1", update="u"))
    await store.close()


@pytest.mark.parametrize(
    ("table", "column", "replies", "timers"),
    [
        ("outbox", "body", 1, 2),
        ("timers", "body", 2, 1),
        ("contacts", "address", 1, 1),
        ("contact_keys", "wrapped", 1, 1),
        ("messages", "ref", 2, 2),
    ],
)
async def test_a_broken_seal_holds_up_nobody(
    path: Path, keys: Keys, clock: Clock, table: str, column: str, replies: int, timers: int
) -> None:
    store = await SqliteStore.open(path, keys, clock=clock)
    left = Outcome(session=b"s", outbox=(b"b",), timers=(Timer(due=NOON, body=b"t"),))
    taken = [await store.take(works(address, ref="r", outcome=left)) for address in ("1", "2")]
    await store.close()
    tamper(path, table, column)

    store = await SqliteStore.open(path, keys, clock=clock)
    assert len(await store.unsent(["telegram"], 10)) == replies
    assert len(await store.due_timers(NOON, 10)) == timers
    await store.settle([Settled(id=one.rows[0].id, state="sent", ref="9") for one in taken])
    wiped = await asyncio.gather(
        *(store.take(works(address, outcome=Outcome(hide=True))) for address in ("1", "2")), return_exceptions=True
    )
    assert any(not isinstance(one, BaseException) and one.wipe == ("r", "9") for one in wiped)
    await store.retain(clock.advance(days=1))
    await store.retain(clock.advance(days=1))
    await store.close()


async def test_nothing_personal_shows_in_repr(store: SqliteStore) -> None:
    outcome = Outcome(profile=FROM.encode(), session=ABOUT.encode(), outbox=(REPLY.encode(),))
    work = works(WHO, update=UPDATE, ref=THEIR_REF, outcome=outcome)
    taken = await store.take(work)
    rows = await store.unsent(["telegram"], 10)
    timer = Timer(due=NOON, body=REMINDER.encode())
    shown = repr([work, outcome, taken, rows, timer, Settled(id=1, state="sent", ref=OUR_REF), vars(store)])

    assert [mark for mark in MARKS if mark in shown] == []
