"""Every statement that writes many rows has its form for many at once, or is known to have none."""

import pytest

from bot.store import queries, staff_queries
from bot.store.postgresql.bulk import Bulk, for_many
from bot.store.postgresql.connection import spoken


@pytest.mark.parametrize(
    ("statement", "types", "many"),
    [
        (
            queries.ADD_OUTBOX,
            ["int8", "int8", "bytea", "int8", "bytea"],
            "insert into outbox (id, contact, update_key, state, attempts, due, day, body) "
            "select many.c1, many.c2, many.c3, 'waiting', 0, 0, many.c4, many.c5 "
            "from unnest($1::int8[], $2::int8[], $3::bytea[], $4::int8[], $5::bytea[]) as many(c1, c2, c3, c4, c5)",
        ),
        (
            queries.ADD_TOMBSTONE,
            ["bytea", "int8"],
            "insert into tombstones (mark, day) select many.c1, many.c2 "
            "from unnest($1::bytea[], $2::int8[]) as many(c1, c2) on conflict do nothing",
        ),
        (
            queries.SAVE_CELLS,
            ["bytea", "bytea", "int8"],
            "update contacts set profile = many.c1, session = many.c2 "
            "from unnest($1::bytea[], $2::bytea[], $3::int8[]) as many(c1, c2, c3) where id = many.c3",
        ),
        (queries.DROP_WAIT, ["int8"], "delete from timers where contact = any($1::int8[]) and kind = 'wait'"),
    ],
)
def test_the_form_for_many(statement: str, types: list[str], many: str) -> None:
    found = for_many(spoken(statement), types)
    assert found == Bulk(many, is_update=many.startswith("update"))


@pytest.mark.parametrize("statement", [queries.ADD_COUNT, queries.ADD_DELIVERY, queries.SET_META, staff_queries.TOUCH])
def test_what_may_meet_a_row_twice_is_done_row_by_row(statement: str) -> None:
    assert for_many(spoken(statement), ["int8"] * 4) is None
