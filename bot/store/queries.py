"""Every SQL statement of the store, by name (STYLE 10); PostgreSQL will have a file like this one.

``{marks}`` and ``{pairs}`` are filled by ``many``: one statement for a whole batch.
"""

from functools import lru_cache
from typing import Final

# --- taking updates -----------------------------------------------------------------------------------------------
#: Values are key, day, key, day ...; returns the keys that are new.
ADD_UPDATES: Final = "insert or ignore into updates (key, day) values {pairs} returning key"
UNDO_UPDATE: Final = "delete from updates where key = ?"
_PERSON: Final = """
select c.id, c.lookup, c.channel, c.state, c.seen_day, c.session_day, c.address, c.profile, c.session, k.wrapped,
  t.id, t.ticket, t.desk, t.state, t.head, tk.wrapped
from contacts c join contact_keys k on k.contact = c.id
left join tickets t on t.id = (select max(id) from tickets where contact = c.id)
left join ticket_keys tk on tk.ticket = t.id
"""
PEOPLE_BY_LOOKUP: Final = _PERSON + "where c.lookup in ({marks})"
PEOPLE_BY_ID: Final = _PERSON + "where c.id in ({marks})"
_CONTACTS_BY_DESK: Final = "(select contact from tickets where desk in ({marks}))"
PEOPLE_BY_DESK: Final = _PERSON + "where c.id in " + _CONTACTS_BY_DESK
ADD_CONTACT: Final = """
insert into contacts (id, lookup, channel, state, created_day, seen_day, session_day, address, profile, session)
values (?, ?, ?, 'active', ?, ?, ?, ?, ?, ?)
"""
ADD_KEY: Final = "insert into contact_keys (contact, wrapped) values (?, ?)"
SAVE_CELLS: Final = "update contacts set profile = ?, session = ? where id = ?"
SAVE_ALL: Final = "update contacts set state = ?, seen_day = ?, session_day = ?, profile = ?, session = ? where id = ?"
ADD_OUTBOX: Final = """
insert into outbox (id, contact, update_key, state, attempts, due, day, body) values (?, ?, ?, 'waiting', 0, 0, ?, ?)
"""
ADD_MESSAGE: Final = "insert into messages (id, contact, day, ref) values (?, ?, ?, ?)"
MESSAGES_OF: Final = "select id, ref from messages where contact = ? and day >= ? order by id"
DROP_WAIT: Final = "delete from timers where contact = ? and kind = 'wait'"
ADD_TIMER: Final = "insert into timers (id, contact, kind, state, day, body) values (?, ?, ?, 'waiting', ?, ?)"
TAKE_IDS: Final = "update meta set value = value + ? where name = 'next_id' returning value"

# --- the outbox ---------------------------------------------------------------------------------------------------
_UNSENT: Final = """
select o.id, o.contact, c.channel, c.address, o.body, o.attempts, k.wrapped
from outbox o join contacts c on c.id = o.contact join contact_keys k on k.contact = o.contact
"""
UNSENT_BY_CHANNEL: Final = (
    _UNSENT
    + """
where o.id > ? and o.state = 'waiting' and o.due <= ? and c.state = 'active' and c.channel in ({marks})
order by o.id limit ?
"""
)
UNSENT_OF_CONTACT: Final = _UNSENT + "where c.lookup = ? and o.state = 'waiting' order by o.id"
UNSENT_OF_UPDATE: Final = _UNSENT + "where o.contact = ? and o.update_key = ? and o.state = 'waiting' order by o.id"
CLAIM: Final = (
    "update outbox set state = 'sending', attempts = attempts + 1 "
    "where id in ({marks}) and state = 'waiting' returning id"
)
ROWS_TO_SETTLE: Final = """
select o.id, o.contact, k.wrapped from outbox o join contact_keys k on k.contact = o.contact where o.id in ({marks})
"""
DROP_OUTBOX: Final = "delete from outbox where id = ?"
RETRY: Final = "update outbox set state = 'waiting', due = ? where id = ?"
ADD_FAILURE: Final = "insert or ignore into failures (id, contact, day, code) values (?, ?, ?, ?)"
BLOCK: Final = "update contacts set state = 'blocked' where id = ?"
MARK: Final = "update contacts set state = ? where lookup = ?"
FAIL_UNCLEAR: Final = """
insert into failures (id, contact, day, code) select id, contact, ?, 'unclear' from outbox
where state = 'sending' and attempts > 1
"""
DROP_UNCLEAR: Final = "delete from outbox where state = 'sending' and attempts > 1"
WAIT_AGAIN: Final = "update outbox set state = 'waiting', due = 0 where state = 'sending'"

# --- what became of messages ---------------------------------------------------------------------------------------
#: A state is a number that only grows.
ADD_DELIVERY: Final = """
insert into deliveries (id, contact, state, day) values (?, ?, ?, ?)
on conflict (id) do update set state = max(state, excluded.state)
"""
NEWS_OF_WAITING: Final = "select id, contact from outbox where id in ({marks})"
NEWS_OF_SENT: Final = "select id, contact, state from deliveries where id in ({marks})"
DELIVERIES: Final = "select state, count(*) from deliveries group by state"
FAILURES: Final = """
select f.code, count(*) from failures f join contacts c on c.id = f.contact where c.channel = ?
group by f.code order by count(*) desc, f.code
"""
FORGET_DELIVERIES: Final = "delete from deliveries where id in (select id from deliveries where day < ? limit ?)"

# --- one person, several addresses ---------------------------------------------------------------------------------
REKEY: Final = "update contacts set lookup = ?, channel = ?, address = ? where id = ?"
#: The conversation stays behind in the channel that is left.
COME_OVER: Final = """
update contacts set lookup = ?, channel = ?, address = ?, state = 'active', seen_day = ?, session = null,
session_day = null where id = ?
"""
LEAVE_BEHIND: Final = (
    "delete from outbox where contact = ?",
    "delete from messages where contact = ?",
    "delete from deliveries where contact = ?",
    "delete from timers where contact = ? and kind = 'wait'",
)
ADD_MOVE: Final = "insert into moves (id, contact, key, day, until) values (?, ?, ?, ?, ?)"
DROP_MOVES: Final = "delete from moves where contact = ?"
MOVE: Final = "select id, contact, until from moves where key = ?"
USE_MOVE: Final = "update moves set until = ? where id = ?"
FORGET_MOVES: Final = "delete from moves where id in (select id from moves where day < ? limit ?)"
#: What goes over from one contact to another: read, and written with its body sealed anew.
BELONGINGS_OF: Final = {
    "timers": "select id, body from timers where contact = ?",
    "questions": "select id, body from questions where contact = ?",
    "outbox": "select id, body from outbox where contact = ?",
}
GIVE: Final = {
    "timers": "update timers set body = ?, contact = ? where id = ?",
    "questions": "update questions set body = ?, contact = ? where id = ?",
    "outbox": "update outbox set body = ?, contact = ? where id = ?",
}
#: An open one would stand beside the heir's own; tickets have keys of their own.
GIVE_TICKETS: Final = "update tickets set contact = ? where contact = ? and state = 'closed'"
GIVE_DELIVERIES: Final = "update deliveries set contact = ? where contact = ?"

# --- timers -------------------------------------------------------------------------------------------------------
TIMERS_UNTIL: Final = "select id from timers where day <= ? and state = 'waiting'"
LOOK_AT_TIMER: Final = "update timers set day = ? where id = ?"
TIMERS: Final = """
select t.id, t.contact, t.kind, t.body, c.channel, c.address, k.wrapped
from timers t join contacts c on c.id = t.contact join contact_keys k on k.contact = t.contact where t.id in ({marks})
"""
DROP_TIMER: Final = "delete from timers where id = ?"

# --- questions without an answer ----------------------------------------------------------------------------------
ADD_QUESTION: Final = "insert into questions (id, contact, day, body) values (?, ?, ?, ?)"
QUESTIONS: Final = """
select q.id, q.contact, q.body, k.wrapped from questions q join contact_keys k on k.contact = q.contact order by q.id
"""
FORGET_QUESTIONS: Final = "delete from questions where id in (select id from questions where day < ? limit ?)"
SUMS: Final = "select topic, sum(n) from counts where topic like ? group by topic order by sum(n) desc, topic"
SUMS_BY_DAY: Final = "select topic, hour / 24, sum(n) from counts where topic like ? group by topic, hour / 24"

# --- tickets ------------------------------------------------------------------------------------------------------
#: What is open still can only be a ticket whose seal is broken.
DROP_OPEN_TICKET: Final = "delete from tickets where contact = ? and state = 'open'"
ADD_TICKET: Final = "insert into tickets (id, contact, ticket, desk, state, day, head) values (?, ?, ?, ?, ?, ?, ?)"
ADD_TICKET_KEY: Final = "insert into ticket_keys (ticket, wrapped) values (?, ?)"
SAVE_TICKET: Final = "update tickets set desk = ?, state = ?, day = ?, head = ? where id = ?"
ADD_LINE: Final = "insert into ticket_lines (id, ticket, body) values (?, ?, ?)"
TICKET_NAMES: Final = "select id, ticket, desk from tickets"
_TICKET: Final = (
    "select t.id, t.ticket, t.state, t.head, k.wrapped from tickets t join ticket_keys k on k.ticket = t.id "
)
TICKETS: Final = _TICKET + "where t.id in ({marks}) order by t.id"
TICKET: Final = _TICKET + "where t.ticket = ? and t.desk = ?"
LINES: Final = "select id, body from ticket_lines where ticket = ? order by id"
TICKETS_OF: Final = "select ticket, desk, state from tickets where contact = ?"
TOMBSTONE: Final = "select 1 from tombstones where mark = ?"
OLD_TICKETS: Final = """
select t.id, t.ticket, t.state, t.day, t.head, k.wrapped from tickets t join ticket_keys k on k.ticket = t.id
where t.id > ? and ((t.state = 'closed' and t.day <= ?) or (t.state = 'open' and t.day < ?)) order by t.id limit ?
"""
DROP_TICKET: Final = "delete from tickets where id = ?"

# --- erasure ------------------------------------------------------------------------------------------------------
FIND: Final = "select id from contacts where lookup = ?"
ERASE: Final = "delete from contacts where id = ?"
ADD_TOMBSTONE: Final = "insert or ignore into tombstones (mark, day) values (?, ?)"
TOMBSTONES: Final = "select mark, day from tombstones"

# --- flows, sums, meta --------------------------------------------------------------------------------------------
KEEP_FLOW: Final = "insert or ignore into flow_versions (flow, version, source) values (?, ?, ?)"
KEPT_FLOWS: Final = "select flow, version, source from flow_versions order by flow, version"
ADD_COUNT: Final = (
    "insert into counts (hour, topic, n) values (?, ?, ?) on conflict (hour, topic) do update set n = n + excluded.n"
)
GET_META: Final = "select value from meta where name = ?"
SET_META: Final = "insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value"

# --- retention: each takes at most the given number of rows, so that no batch waits long ------------------------------
FORGET_SESSIONS: Final = """
update contacts set session = null, session_day = null
where id in (select id from contacts where session_day < ? limit ?)
"""
FORGET_CONTACTS: Final = "delete from contacts where id in (select id from contacts where seen_day < ? limit ?)"
FORGET_UPDATES: Final = """
delete from updates where id in (select id from (select id, day from updates order by id limit ?2) where day < ?1)
"""
EXPIRED_OUTBOX: Final = "select id, contact from outbox where day < ? limit ?"
FORGET_FAILURES: Final = "delete from failures where id in (select id from failures where day < ? limit ?)"
FORGET_TOMBSTONES: Final = "delete from tombstones where mark in (select mark from tombstones where day < ? limit ?)"
OLDEST_MESSAGES: Final = """
select m.id, m.contact, m.day, m.ref, k.wrapped from messages m join contact_keys k on k.contact = m.contact
where m.id > ? order by m.id limit ?
"""
DROP_MESSAGE: Final = "delete from messages where id = ?"

# --- backup and restore ----------------------------------------------------------------------------------------------
ALL_KEYS: Final = "select contact, wrapped from contact_keys"
ALL_CONTACTS: Final = "select id from contacts"
ALL_TICKET_KEYS: Final = "select t.ticket, k.wrapped from ticket_keys k join tickets t on t.id = k.ticket"
ALL_TICKETS: Final = "select id, ticket from tickets"
HELD: Final = """
select (select count(*) from outbox where state = 'held') + (select count(*) from timers where state = 'held')
"""
HOLD: Final = ("update outbox set state = 'held'", "update timers set state = 'held'")
RELEASE: Final = (
    "update outbox set state = 'waiting' where state = 'held'",
    "update timers set state = 'waiting' where state = 'held'",
)
DISCARD: Final = ("delete from outbox where state = 'held'", "delete from timers where state = 'held'")


@lru_cache(maxsize=256)
def many(query: str, count: int) -> str:
    """The query for ``count`` values."""
    return query.replace("{marks}", ",".join("?" * count)).replace("{pairs}", ",".join(["(?,?)"] * count))


def padded(values: list[bytes] | list[int]) -> list[bytes] | list[int]:
    """Repeats the last value up to a power of two, so that few different statements have to be prepared."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))  # type: ignore[operator]
