"""Every SQL statement of the store, by name (STYLE 10); SQLite and PostgreSQL both take them.

Placeholders are numbered. ``{marks}`` and ``{pairs}`` stand for the many values of ``Database.select``, which follow
the numbered ones: one statement for a whole batch. ``/* hold x */``: on PostgreSQL the rows of ``x`` are ours until the
commit, so that what was read of them is still true when it is written; SQLite, with its one writer, reads a comment.
"""

from functools import lru_cache
from typing import Any, Final

# --- taking updates -----------------------------------------------------------------------------------------------
#: Of many keys those that are new; ?1 is the day.
ADD_UPDATES: Final = "insert into updates (key, day) values {pairs} on conflict do nothing returning key"
UNDO_UPDATE: Final = "delete from updates where key = ?1"
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
values (?1, ?2, ?3, 'active', ?4, ?5, ?6, ?7, ?8, ?9)
"""
ADD_KEY: Final = "insert into contact_keys (contact, wrapped) values (?1, ?2)"
SAVE_CELLS: Final = "update contacts set profile = ?1, session = ?2 where id = ?3"
SAVE_ALL: Final = (
    "update contacts set state = ?1, seen_day = ?2, session_day = ?3, profile = ?4, session = ?5 where id = ?6"
)
ADD_OUTBOX: Final = """
insert into outbox (id, contact, update_key, state, attempts, due, day, body)
values (?1, ?2, ?3, 'waiting', 0, 0, ?4, ?5)
"""
ADD_MESSAGE: Final = "insert into messages (id, contact, day, ref) values (?1, ?2, ?3, ?4)"
MESSAGES_OF: Final = "select id, ref from messages where contact = ?1 and day >= ?2 order by id"
DROP_WAIT: Final = "delete from timers where contact = ?1 and kind = 'wait'"
ADD_TIMER: Final = "insert into timers (id, contact, kind, state, day, body) values (?1, ?2, ?3, 'waiting', ?4, ?5)"
TAKE_IDS: Final = "update meta set value = value + ?1 where name = 'next_id' returning value"

# --- the outbox ---------------------------------------------------------------------------------------------------
_UNSENT: Final = """
select o.id, o.contact, c.channel, c.address, o.body, o.attempts, k.wrapped
from outbox o join contacts c on c.id = o.contact join contact_keys k on k.contact = o.contact
"""
UNSENT_BY_CHANNEL: Final = (
    _UNSENT
    + """
where o.id > ?1 and o.state = 'waiting' and o.due <= ?2 and c.state = 'active' and c.channel in ({marks})
order by o.id limit ?3
"""
)
UNSENT_OF_CONTACT: Final = _UNSENT + "where c.lookup = ?1 and o.state = 'waiting' order by o.id"
UNSENT_OF_UPDATE: Final = _UNSENT + "where o.contact = ?1 and o.update_key = ?2 and o.state = 'waiting' order by o.id"
WAITING_BEFORE: Final = "select id from outbox where contact = ?1 and state = 'waiting' and id < ?2"
#: Not before an older one of the same contact, which another process may have committed a moment ago.
CLAIM: Final = """
update outbox set state = 'sending', attempts = attempts + 1, fence = ?1
where id in ({marks}) and state = 'waiting' and not exists (
  select 1 from outbox o where o.contact = outbox.contact and o.id < outbox.id and not (o.id in ({marks}))
  and (o.state = 'waiting' or (o.state = 'sending' and o.fence <> ?1))
) returning id
"""
ROWS_TO_SETTLE: Final = """
select o.id, o.contact, k.wrapped, o.fence from outbox o join contact_keys k on k.contact = o.contact
where o.id in ({marks}) order by o.id /* hold o */
"""
DROP_OUTBOX: Final = "delete from outbox where id = ?1"
RETRY: Final = "update outbox set state = 'waiting', due = ?1 where id = ?2"
ADD_FAILURE: Final = "insert into failures (id, contact, day, code) values (?1, ?2, ?3, ?4) on conflict do nothing"
BLOCK: Final = "update contacts set state = 'blocked' where id = ?1"
MARK: Final = "update contacts set state = ?1 where lookup = ?2 and state <> ?1 returning id"
_NOBODYS: Final = "state = 'sending' and fence not in (select fence from leases where until >= ?1)"
FAIL_UNCLEAR: Final = f"""
insert into failures (id, contact, day, code) select id, contact, ?2, 'unclear' from outbox
where attempts > 1 and {_NOBODYS} on conflict do nothing
"""  # noqa: S608
DROP_UNCLEAR: Final = f"delete from outbox where attempts > 1 and {_NOBODYS} and id in (select id from failures)"  # noqa: S608
WAIT_AGAIN: Final = f"update outbox set state = 'waiting', due = 0 where {_NOBODYS}"  # noqa: S608

# --- leases -------------------------------------------------------------------------------------------------------
#: Renewed with the same fence; taken over, with a new one, when it is past, or (?6) whoever holds it.
TAKE_LEASE: Final = """
insert into leases (name, holder, fence, until) values (?1, ?2, ?3, ?4) on conflict (name) do update
set fence = case when leases.holder = excluded.holder then leases.fence else excluded.fence end,
  holder = excluded.holder, until = excluded.until
where leases.holder = excluded.holder or leases.until < ?5 or ?6 = 1 returning fence
"""
END_LEASE: Final = "delete from leases where name = ?1 and fence = ?2"
HELD_LEASES: Final = "select name from leases where until >= ?1"
COUNT_OUTBOX: Final = "select count(*) from (select 1 from outbox limit ?1) as counted"
COUNT_TICKETS: Final = "select count(*) from (select 1 from tickets where state = 'open' limit ?1) as counted"
COUNT_CALLS: Final = "select state, count(*) from webhook_calls group by state"
LEASE_OF: Final = "select 1 from leases where fence = ?1"

# --- what became of messages ---------------------------------------------------------------------------------------
#: A state is a number that only grows.
ADD_DELIVERY: Final = """
insert into deliveries (id, contact, state, day) values (?1, ?2, ?3, ?4)
on conflict (id) do update
set state = case when deliveries.state < excluded.state then excluded.state else deliveries.state end
"""
NEWS_OF_WAITING: Final = "select id, contact from outbox where id in ({marks}) order by id /* hold outbox */"
NEWS_OF_SENT: Final = """
select id, contact, state from deliveries where id in ({marks}) order by id /* hold deliveries */
"""
DELIVERIES: Final = "select state, count(*) from deliveries group by state"
FAILURES: Final = """
select f.code, count(*) from failures f join contacts c on c.id = f.contact where c.channel = ?1
group by f.code order by count(*) desc, f.code
"""
FORGET_DELIVERIES: Final = "delete from deliveries where id in (select id from deliveries where day < ?1 limit ?2)"

# --- one person, several addresses ---------------------------------------------------------------------------------
REKEY: Final = "update contacts set lookup = ?1, channel = ?2, address = ?3 where id = ?4"
#: The conversation stays behind in the channel that is left.
COME_OVER: Final = """
update contacts set lookup = ?1, channel = ?2, address = ?3, state = 'active', seen_day = ?4, session = null,
session_day = null where id = ?5
"""
LEAVE_BEHIND: Final = (
    "delete from outbox where contact = ?1",
    "delete from messages where contact = ?1",
    "delete from deliveries where contact = ?1",
    "delete from timers where contact = ?1 and kind = 'wait'",
)
ADD_MOVE: Final = "insert into moves (id, contact, key, day, until) values (?1, ?2, ?3, ?4, ?5)"
DROP_MOVES: Final = "delete from moves where contact = ?1"
MOVE: Final = "select id, contact, until from moves where key = ?1 /* hold moves */"
USE_MOVE: Final = "update moves set until = ?1 where id = ?2"
FORGET_MOVES: Final = "delete from moves where id in (select id from moves where day < ?1 limit ?2)"
#: What goes over from one contact to another: read, and written with its body sealed anew.
BELONGINGS_OF: Final = {
    "timers": "select id, body from timers where contact = ?1",
    "questions": "select id, body from questions where contact = ?1",
    "outbox": "select id, body from outbox where contact = ?1",
}
GIVE: Final = {
    "timers": "update timers set body = ?1, contact = ?2 where id = ?3",
    "questions": "update questions set body = ?1, contact = ?2 where id = ?3",
    "outbox": "update outbox set body = ?1, contact = ?2 where id = ?3",
}
#: An open one would stand beside the heir's own; tickets have keys of their own.
GIVE_TICKETS: Final = "update tickets set contact = ?1 where contact = ?2 and state = 'closed'"
GIVE_DELIVERIES: Final = "update deliveries set contact = ?1 where contact = ?2"

# --- timers -------------------------------------------------------------------------------------------------------
TIMERS_UNTIL: Final = "select id from timers where day <= ?1 and state = 'waiting'"
LOOK_AT_TIMER: Final = "update timers set day = ?1 where id = ?2"
TIMERS: Final = """
select t.id, t.contact, t.kind, t.body, c.channel, c.address, k.wrapped
from timers t join contacts c on c.id = t.contact join contact_keys k on k.contact = t.contact where t.id in ({marks})
"""
DROP_TIMER: Final = "delete from timers where id = ?1"

# --- questions without an answer ----------------------------------------------------------------------------------
ADD_QUESTION: Final = "insert into questions (id, contact, day, body) values (?1, ?2, ?3, ?4)"
QUESTIONS: Final = """
select q.id, q.contact, q.body, k.wrapped from questions q join contact_keys k on k.contact = q.contact order by q.id
"""
FORGET_QUESTIONS: Final = "delete from questions where id in (select id from questions where day < ?1 limit ?2)"
SUMS: Final = "select topic, sum(n) from counts where topic like ?1 group by topic order by sum(n) desc, topic"
SUM_SINCE: Final = "select coalesce(sum(n), 0) from counts where topic = ?1 and hour >= ?2"
SUMS_BY_DAY: Final = "select topic, hour / 24, sum(n) from counts where topic like ?1 group by topic, hour / 24"

# --- tickets ------------------------------------------------------------------------------------------------------
#: What is open still can only be a ticket whose seal is broken.
DROP_OPEN_TICKET: Final = "delete from tickets where contact = ?1 and state = 'open'"
ADD_TICKET: Final = (
    "insert into tickets (id, contact, ticket, desk, state, day, head) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
)
ADD_TICKET_KEY: Final = "insert into ticket_keys (ticket, wrapped) values (?1, ?2)"
SAVE_TICKET: Final = "update tickets set desk = ?1, state = ?2, day = ?3, head = ?4 where id = ?5"
ADD_LINE: Final = "insert into ticket_lines (id, ticket, body) values (?1, ?2, ?3)"
TICKET_NAMES: Final = "select id, ticket, desk from tickets"
_TICKET: Final = (
    "select t.id, t.ticket, t.state, t.head, k.wrapped from tickets t join ticket_keys k on k.ticket = t.id "
)
TICKETS: Final = _TICKET + "where t.id in ({marks}) order by t.id"
TICKET: Final = _TICKET + "where t.ticket = ?1 and t.desk = ?2"
LINES: Final = "select id, body from ticket_lines where ticket = ?1 order by id"
TICKETS_OF: Final = "select ticket, desk, state from tickets where contact = ?1"
TOMBSTONE: Final = "select 1 from tombstones where mark = ?1"
OLD_TICKETS: Final = """
select t.id, t.ticket, t.state, t.day, t.head, k.wrapped from tickets t join ticket_keys k on k.ticket = t.id
where t.id > ?1 and ((t.state = 'closed' and t.day <= ?2) or (t.state = 'open' and t.day < ?3))
order by t.id limit ?4 /* hold t */
"""
DROP_TICKET: Final = "delete from tickets where id = ?1"

# --- what an index of contacts follows ------------------------------------------------------------------------------
ADD_CHANGE: Final = "insert into changes (who) values (?1)"
CHANGES: Final = "select id, who from changes where id >= ?1 order by id limit ?2"
NEWEST_CHANGE: Final = "select coalesce(max(id), 0) from changes"
FORGET_CHANGES: Final = "delete from changes where id < ?1"
#: Stays as the last of those that are gone.
END_OF_CHANGES: Final = "update changes set who = ?2 where id = ?1 and who <> ?2"
_KNOWN: Final = """
select c.id, c.channel, c.state, c.seen_day, c.address, c.profile, k.wrapped
from contacts c join contact_keys k on k.contact = c.id
"""
#: Twice the same: without the second PostgreSQL reads all keys from the first on, for each page.
KNOWN_AFTER: Final = _KNOWN + "where c.id > ?1 and k.contact > ?1 order by c.id limit ?2"
KNOWN: Final = _KNOWN + "where c.id in ({marks})"

# --- erasure ------------------------------------------------------------------------------------------------------
FIND: Final = "select id from contacts where lookup = ?1 /* hold contacts */"
ERASE: Final = "delete from contacts where id = ?1"
ADD_TOMBSTONE: Final = "insert into tombstones (mark, day) values (?1, ?2) on conflict do nothing"
TOMBSTONES: Final = "select mark, day from tombstones"

# --- flows, sums, meta --------------------------------------------------------------------------------------------
KEEP_FLOW: Final = "insert into flow_versions (flow, version, source) values (?1, ?2, ?3) on conflict do nothing"
KEPT_FLOWS: Final = "select flow, version, source from flow_versions order by flow, version"
ADD_COUNT: Final = (
    "insert into counts (hour, topic, n) values (?1, ?2, ?3) "
    "on conflict (hour, topic) do update set n = counts.n + excluded.n"
)
GET_META: Final = "select value from meta where name = ?1"
SET_META: Final = (
    "insert into meta (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value"
)

# --- retention: each takes at most the given number of rows, so that no batch waits long ------------------------------
FORGET_SESSIONS: Final = """
update contacts set session = null, session_day = null
where session_day < ?1 and id in (select id from contacts where session_day < ?1 limit ?2)
"""
FORGET_CONTACTS: Final = """
delete from contacts where seen_day < ?1 and id in (select id from contacts where seen_day < ?1 limit ?2) returning id
"""
#: By the day on which they were last heard, from ?2 and, on that day, the number ?3 on.
SILENT_CONTACTS: Final = """
select c.id, c.seen_day, c.profile, k.wrapped from contacts c join contact_keys k on k.contact = c.id
where c.seen_day < ?1 and (c.seen_day, c.id) > (?2, ?3) order by c.seen_day, c.id limit ?4 /* hold c */
"""
FORGET_UPDATES: Final = """
delete from updates
where id in (select id from (select id, day from updates order by id limit ?2) as oldest where day < ?1)
"""
EXPIRED_OUTBOX: Final = "select id, contact from outbox where day < ?1 limit ?2 /* hold outbox */"
FORGET_FAILURES: Final = "delete from failures where id in (select id from failures where day < ?1 limit ?2)"
FORGET_TOMBSTONES: Final = "delete from tombstones where mark in (select mark from tombstones where day < ?1 limit ?2)"
OLDEST_MESSAGES: Final = """
select m.id, m.contact, m.day, m.ref, k.wrapped from messages m join contact_keys k on k.contact = m.contact
where m.id > ?1 order by m.id limit ?2
"""
DROP_MESSAGE: Final = "delete from messages where id = ?1"

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
def many(query: str, count: int, before: int) -> str:
    """The query for ``count`` values after ``before`` numbered ones."""
    numbers = range(before + 1, before + count + 1)
    marks, pairs = (",".join(form.format(number) for number in numbers) for form in ("?{}", "(?{}, ?1)"))
    return query.replace("{marks}", marks).replace("{pairs}", pairs)


def padded(values: list[Any]) -> list[Any]:
    """Repeats the last value up to a power of two, so that few different statements have to be prepared."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))
