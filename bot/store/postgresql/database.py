"""What PostgreSQL does in its own way: other processes write too, and the way to it may break."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from bot.store import queries
from bot.store.database import ID_BLOCK, Database
from bot.store.keys import Keys
from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.connection import PostgresConnection
from bot.store.postgresql.failures import explain, is_lost, may_be_one_calls, may_succeed
from bot.store.postgresql.meta import packed, unpacked
from bot.store.protocol import StoreError

#: A batch that writes the audit keeps other processes from it.
_AUDIT_LOCK: Final = "select pg_advisory_xact_lock(7305797)"
#: Locked one after the other by id, so that two processes seldom wait for each other in a ring. Ids to give out are
#: taken when all are locked: a later turn of a contact has higher ones, in whatever process it runs.
_LOCK_PEOPLE: Final = """
with ours as materialized (
  select id from contacts where id in (
    select id from contacts where lookup = any(?1) union all select unnest(?2::bigint[])
    union all select contact from tickets where desk = any(?3)
  ) order by id for no key update
)
select locked.ids, nextval('ids') from (select coalesce(array_agg(id), '{}') as ids from ours) as locked
"""
#: Between two tries to reach the server, seconds: the first, and the longest.
_PAUSES: Final = (0.1, 2.0)


class PostgresDatabase(Database):
    alone = False
    connection: PostgresConnection

    def __init__(
        self,
        url: PostgresUrl,
        connection: PostgresConnection,
        keys: Keys,
        clock: Callable[[], datetime],
        again: Callable[[], PostgresConnection],
    ) -> None:
        """``again`` makes a connection like the first one."""
        super().__init__(keys, clock)
        self._url = url
        self.connection = connection
        self._connect = again
        self._lost: Exception | None = None
        self._pause = _PAUSES[0]
        self._not_before = 0.0

    def begin(self) -> None:
        if self._lost is not None:
            self._reconnect(self._lost)
        self.connection.execute("begin")
        self._stand_still()
        self._next_id = self._last_id

    def rollback(self, error: Exception) -> None:
        super().rollback(error)
        if self._lost is not None:
            return
        if is_lost(error):
            self._lose(error)
        else:
            try:
                self.connection.execute("rollback")
            except Exception as second:  # a connection on which nothing can be undone is of no use
                self._lose(second)

    def close(self) -> None:
        self.connection.close()

    def explain(self, error: Exception) -> Exception:
        return explain(self._url, error)

    def may_succeed(self, error: Exception) -> bool:
        return may_succeed(error)

    def may_be_one_calls(self, error: Exception) -> bool:
        return self._lost is None and may_be_one_calls(error)

    def is_lost(self, error: Exception) -> bool:
        return self._lost is not None

    def lock_people(self, lookups: Sequence[bytes], ids: Sequence[int], desks: Sequence[bytes]) -> Collection[int]:
        locked: list[int]
        locked, self._next_id = self.connection.execute(_LOCK_PEOPLE, (lookups, ids, desks)).fetchone()
        self._last_id = self._next_id + ID_BLOCK
        return locked

    def lock_audit(self) -> None:
        self.connection.execute(_AUDIT_LOCK)

    def select(self, query: str, values: list[bytes] | list[int] | list[str], *before: Any) -> list[Any]:
        if not values:
            return []
        return self.connection.execute(_many(query, len(before) + 1), (*before, values)).fetchall()

    def meta(self, name: str) -> Any:
        row = self.connection.execute(queries.GET_META, (name,)).fetchone()
        return unpacked(row[0]) if row else None

    def set_meta(self, name: str, value: object) -> None:
        self.connection.execute(queries.SET_META, (name, packed(value)))

    def take_ids(self) -> int:
        return int(self.connection.execute("select nextval('ids')").fetchone()[0])

    def _lose(self, error: Exception) -> None:
        if self._lost is None:
            self.connection.cut()
            self._lost = error

    def _reconnect(self, lost: Exception) -> None:
        if time.monotonic() < self._not_before:
            raise StoreError(str(self.explain(lost)))
        try:
            self.connection = self._connect()
        except Exception as error:
            self._lost = error
            self._not_before = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, _PAUSES[1])
            raise
        self._lost = None
        self._pause = _PAUSES[0]


@lru_cache(maxsize=256)
def _many(query: str, number: int) -> str:
    """The query for a list of values as its placeholder ``number``."""
    return query.replace("in ({marks})", f"= any(?{number})").replace(
        "values {pairs}",
        f"select key, ?1::bigint from unnest(?{number}::bytea[]) as many(key)",  # noqa: S608
    )
