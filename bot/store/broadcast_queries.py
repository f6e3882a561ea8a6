"""Every SQL statement on broadcasts and their deliveries, by name."""

from typing import Final

_BROADCAST: Final = """
select b.id, b.key, b.code, b.organisation, b.state, b.version, b.digest, b.starts, b.ends, b.corrects, b.author,
  b.created, b.approver, b.counted, b.audience, b.began, b.held_until, b.reason, b.body from broadcasts b
"""
BY_KEY: Final = _BROADCAST + "where b.key = ?1 and (b.organisation = ?2 or ?2 is null)"
BY_CODE: Final = _BROADCAST + "where b.code = ?1"
NEWEST: Final = _BROADCAST + "where b.organisation = ?1 or ?1 is null order by b.id desc limit ?2"
IN_STATE: Final = _BROADCAST + "where (b.organisation = ?1 or ?1 is null) and b.state = ?2 order by b.id desc limit ?3"
HANDS: Final = "select handle from broadcast_hands where broadcast = ?1 order by handle"
ADD: Final = """
insert into broadcasts (id, key, code, organisation, state, version, digest, starts, ends, corrects, author, created,
  approver, approved, approved_at, reason, body)
values (?1, ?2, ?3, ?4, 'draft', 1, ?5, ?6, ?7, ?8, ?9, ?10, '', ?11, 0, '', ?12)
"""
ADD_HAND: Final = "insert into broadcast_hands (broadcast, handle) values (?1, ?2) on conflict do nothing"
SAVE: Final = """
update broadcasts set state = 'draft', version = version + 1, digest = ?1, starts = ?2, ends = ?3, corrects = ?4,
  body = ?5, approver = '', approved = ?6, approved_at = 0, counted = null, reason = ''
where id = ?7 and version = ?8 and state in ('draft', 'proposed', 'approved')
"""
PROPOSE: Final = "update broadcasts set state = 'proposed' where id = ?1 and version = ?2 and state = 'draft'"
APPROVE: Final = """
update broadcasts set state = 'approved', approver = ?1, approved = ?2, approved_at = ?3, counted = ?4
where id = ?5 and state = 'proposed' and digest = ?2
"""
TURN: Final = "update broadcasts set state = ?1, reason = ?2 where id = ?3 and state = ?4"
START: Final = """
update broadcasts set state = case when ?3 = '' then 'sending' else 'paused' end, reason = ?3, audience = ?1
where id = ?2 and state = 'enrolling'
"""
BEGIN: Final = "update broadcasts set began = ?1 where id = ?2 and began is null"
HOLD: Final = """
update broadcasts set began = case when began is null then ?1 else began end, held_until = ?2 where key = ?3
"""
FORGET_OLD: Final = "delete from broadcasts where id in (select id from broadcasts where created <= ?1 limit ?2)"

# --- who gets it --------------------------------------------------------------------------------------------------
PLACE: Final = "select id, state, held_until, audience, corrects, began from broadcasts where key = ?1"
#: Ids follow one another from ?1 on. Whoever is erased or blocked by now is left out.
ENROL: Final = """
insert into broadcast_deliveries (id, broadcast, contact, account, state, code, reached, fence, day)
select ?1 + row_number() over () - 1, ?2, c.id, ?3, 'due', '', 0, 0, ?4 from (
  select id from contacts where state = 'active' and id in ({marks}) order by id /* hold contacts */
) c where true on conflict do nothing returning id
"""
#: A piece of the table, whatever is in it, so that each look is short; a row of who got, or may have got, ?1 is whole.
CORRECTED: Final = """
select id, case when broadcast = ?1 and state in ('sending', 'sent', 'uncertain') then contact end, account
from broadcast_deliveries where id > ?2 order by id limit ?3
"""
UNENROL: Final = """
delete from broadcast_deliveries where id in (
  select id from broadcast_deliveries where broadcast = ?1 and state = 'due' limit ?2
)
"""
SUM: Final = """
insert into broadcast_sums (broadcast, state, code, reached, n) values (?1, ?2, ?3, ?4, ?5)
on conflict (broadcast, state, code, reached) do update set n = broadcast_sums.n + excluded.n
"""
SUMS: Final = "select state, code, reached, n from broadcast_sums where broadcast = ?1 and n > 0"
OLD: Final = """
select id, broadcast, state, code, reached from (
  select * from broadcast_deliveries order by id limit ?2 /* hold broadcast_deliveries */
) d where day < ?1
"""
DROP: Final = "delete from broadcast_deliveries where id in ({marks}) returning id"

# --- one person, several addresses ---------------------------------------------------------------------------------
#: Who was told in either chat has been told: what waits, or did not arrive, in the other goes.
DROP_UNTOLD: Final = """
delete from broadcast_deliveries where contact = ?1 and state not in ('sending', 'sent', 'uncertain') and broadcast in (
  select broadcast from broadcast_deliveries where contact = ?2 and state in ('sending', 'sent', 'uncertain')
)
"""
GIVE: Final = """
update broadcast_deliveries set contact = ?1 where contact = ?2 and broadcast not in (
  select broadcast from broadcast_deliveries where contact = ?1
)
"""
CHANGE_ACCOUNT: Final = "update broadcast_deliveries set account = ?1 where contact = ?2 and state = 'due'"

# --- sending ------------------------------------------------------------------------------------------------------
DUE: Final = """
select d.id, d.contact, c.channel, c.state, c.address, c.profile, c.session, c.session_day, k.wrapped
from broadcast_deliveries d join contacts c on c.id = d.contact join contact_keys k on k.contact = d.contact
where d.broadcast = ?1 and d.account = ?2 and d.state = 'due' and d.id > ?3 order by d.id limit ?4
"""
CLAIM: Final = """
update broadcast_deliveries set state = ?1, code = ?2, fence = ?3 where state = 'due' and id in ({marks}) returning id
"""
SETTLE: Final = """
update broadcast_deliveries set state = ?1, code = ?2 where state = 'sending' and fence = ?3 and +broadcast = ?4
  and id in ({marks}) returning id, contact
"""
TAKEN: Final = "select id from broadcast_deliveries where broadcast = ?1 and state = 'sending' and fence = ?2"
KEYS: Final = "select contact, wrapped from contact_keys where contact in ({marks})"
NOBODYS: Final = """
select id, broadcast from broadcast_deliveries
where state = 'sending' and fence not in (select fence from leases where until >= ?1) limit ?2
"""
RECOVER: Final = """
update broadcast_deliveries set state = 'uncertain', code = 'no-answer', fence = 0 where state = 'sending'
  and id in ({marks}) returning broadcast
"""
UNCERTAIN: Final = """
select id, code, reached from broadcast_deliveries where broadcast = ?1 and state = 'uncertain' and id > ?2
order by id limit ?3 /* hold broadcast_deliveries */
"""
DECIDE: Final = "update broadcast_deliveries set state = ?1, code = ?2 where id in ({marks}) returning id"
NEXT_DUE_ACCOUNT: Final = """
select account from broadcast_deliveries where broadcast = ?1 and state = 'due' and account > ?2
order by account limit 1
"""
OF_NEWS: Final = """
select id, broadcast, state, code, reached from broadcast_deliveries where id in ({marks})
order by id /* hold broadcast_deliveries */
"""
REACH: Final = "update broadcast_deliveries set state = ?1, code = ?2, reached = ?3 where id = ?4"

# --- shown in a conversation --------------------------------------------------------------------------------------
ALERTS_OF: Final = """
select b.code, d.state from broadcast_deliveries d join broadcasts b on b.id = d.broadcast where d.contact = ?1
"""
OUT: Final = "select id from broadcasts where code = ?1 and state in ('sending', 'paused', 'done')"
RECIPIENT: Final = "select id, state, code, reached from broadcast_deliveries where contact = ?2 and broadcast = ?1"
ADD_TOLD: Final = """
insert into broadcast_deliveries (id, broadcast, contact, account, state, code, reached, fence, day)
values (?1, ?2, ?3, ?4, 'sent', '', 0, 0, ?5) on conflict do nothing
"""
ONE_MORE: Final = "update broadcasts set audience = audience + 1 where id = ?1"
TELL: Final = "update broadcast_deliveries set state = 'sent', code = '', reached = 0 where id = ?1 and state = ?2"
#: Of the newest ?1. Who is due when one has ended gets nothing any more; about who is uncertain somebody can decide as
#: long as there is a row of them.
COUNT_RECIPIENTS: Final = """
select s.state, s.n from (select id, state from broadcasts order by id desc limit ?1) b
join broadcast_sums s on s.broadcast = b.id where s.n > 0
and b.state in ('sending', 'paused', 'done') and (
  (s.state = 'due' and b.state <> 'done') or s.state = 'sending' or (s.state = 'uncertain' and exists (
    select 1 from broadcast_deliveries d where d.broadcast = s.broadcast and d.state = 'uncertain'
  ))
)
"""

# --- a restore ----------------------------------------------------------------------------------------------------
#: What was on its way, or waits for its hour, does not go on by itself.
PAUSE_RESTORED: Final = """
update broadcasts set state = 'paused', reason = 'restored'
where state in ('approved', 'enrolling', 'sending', 'paused')
"""
#: What was due may have been sent after the backup. In this order.
DOUBT_RESTORED: Final = (
    """
insert into broadcast_sums (broadcast, state, code, reached, n)
select broadcast, 'uncertain', 'restored', reached, count(*) from broadcast_deliveries where state in ('due', 'sending')
and broadcast in (select id from broadcasts where state = 'paused' and audience is not null) group by broadcast, reached
on conflict (broadcast, state, code, reached) do update set n = broadcast_sums.n + excluded.n
""",
    """
update broadcast_sums set n = n - (
  select count(*) from broadcast_deliveries d where d.broadcast = broadcast_sums.broadcast
  and d.state = broadcast_sums.state and d.code = broadcast_sums.code and d.reached = broadcast_sums.reached
)
where state in ('due', 'sending')
and broadcast in (select id from broadcasts where state = 'paused' and audience is not null)
""",
    """
update broadcast_deliveries set state = 'uncertain', code = 'restored', fence = 0 where state in ('due', 'sending')
and broadcast in (select id from broadcasts where state = 'paused' and audience is not null)
""",
)

# --- segments -----------------------------------------------------------------------------------------------------
SEGMENT_VERSION: Final = "select coalesce(max(version), 0) from segments where organisation = ?1 and name = ?2"
ADD_SEGMENT: Final = """
insert into segments (id, organisation, name, version, author, created, body) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
"""
SEGMENTS: Final = """
select id, name, version, author, created, body from segments where organisation = ?1 order by name, version desc
"""
