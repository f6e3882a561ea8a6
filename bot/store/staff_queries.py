"""Every SQL statement on staff and their audit, by name."""

from typing import Final

# --- accounts -----------------------------------------------------------------------------------------------------
_STAFF: Final = """
select s.id, s.handle, s.organisation, s.roles, s.state, s.created, s.step, s.password, s.totp, s.reset_by,
  s.reset_until
"""
BY_HANDLE: Final = _STAFF + "from staff s where s.handle = ?"
ALL: Final = _STAFF + "from staff s where ?1 is null or s.organisation = ?1 order by s.handle"
ADD: Final = """
insert or ignore into staff (id, handle, organisation, roles, state, created, step, totp, invitation, invited_until)
values (?, ?, ?, ?, 'invited', ?, 0, ?, ?, ?) returning id
"""
#: The account of a handle, if it is the organisation's; None is the shell, which reaches all.
OF_ORGANISATION: Final = "select id from staff where handle = ?1 and (?2 is null or organisation = ?2)"
SET_ROLES: Final = "update staff set roles = ? where id = ?"
DISABLE: Final = """
update staff set state = 'disabled', invitation = null, invited_until = null, reset_by = null, reset_until = null
where id = ?
"""
RESET: Final = """
update staff set state = 'invited', password = null, totp = ?, invitation = ?, invited_until = ?, reset_by = null,
  reset_until = null where id = ?
"""
ASK_RESET: Final = "update staff set reset_by = ?, reset_until = ? where id = ?"
INVITED: Final = (
    _STAFF + "from staff s where s.handle = ? and s.state = 'invited' and s.invitation = ? and s.invited_until > ?"
)
JOIN: Final = """
update staff set state = 'active', password = ?, step = ?, invitation = null, invited_until = null
where id = ? and state = 'invited' and step < ?
"""
NEW_PASSWORD: Final = "update staff set password = ? where id = ?"  # noqa: S105 - a statement

# --- second factors -----------------------------------------------------------------------------------------------
#: Compare and set: of many logins with one code the first takes it (T41).
TAKE_STEP: Final = "update staff set step = ?1 where id = ?2 and step < ?1"
TAKE_CODE: Final = "delete from recovery_codes where staff = ? and code = ?"
DROP_CODES: Final = "delete from recovery_codes where staff = ?"
ADD_CODE: Final = "insert into recovery_codes (id, staff, code) values (?, ?, ?)"

# --- sessions -----------------------------------------------------------------------------------------------------
BEGIN: Final = """
insert into staff_sessions (id, staff, token, level, began, seen, confirmed) values (?, ?, ?, ?, ?, ?, ?)
"""
SESSION: Final = (
    _STAFF
    + """, t.level, t.confirmed from staff_sessions t join staff s on s.id = t.staff
where t.token = ?1 and t.seen > ?2 and t.began > ?3 and (t.level = 'full' or t.began > ?4)
  and s.state = case t.level when 'joining' then 'invited' else 'active' end
"""
)
TOUCH: Final = "update staff_sessions set seen = ?1 where token = ?2 and seen < ?1 - 60"
CONFIRM: Final = "update staff_sessions set confirmed = ? where token = ?"
END: Final = "delete from staff_sessions where token = ?"
END_ALL: Final = "delete from staff_sessions where staff = ?"
END_OTHERS: Final = """
delete from staff_sessions where token <> ?1 and staff = (select staff from staff_sessions where token = ?1)
"""
FORGET_SESSIONS: Final = """
delete from staff_sessions where id in (select id from staff_sessions where began / 86400 < ? limit ?)
"""

# --- the audit ----------------------------------------------------------------------------------------------------
LAST: Final = "select id, chain from audit order by id desc limit 1"
RECORD: Final = "insert into audit (id, minute, handle, what, object, chain) values (?, ?, ?, ?, ?, ?)"
ROWS: Final = "select id, minute, handle, what, object, chain from audit order by id"
NEWEST: Final = """
select id, minute, handle, what, object from audit
where ?1 is null or handle in (select handle from staff where organisation = ?1) order by id desc limit ?2
"""
#: The other tickets that the account has opened since then, and whether it has opened this one.
OPENED: Final = """
select count(distinct case when object <> ?2 then object end), coalesce(max(case when object = ?2 then minute end), 0)
from audit where handle = ?1 and what = 'ticket-opened' and minute > ?3
"""
OLDEST: Final = "select id, minute, chain from audit order by id limit ?"
FORGET: Final = "delete from audit where id <= ?"
