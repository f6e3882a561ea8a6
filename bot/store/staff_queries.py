"""Every SQL statement on staff and their audit, by name."""

from typing import Final

# --- accounts -----------------------------------------------------------------------------------------------------
_STAFF: Final = """
select s.id, s.handle, s.organisation, s.roles, s.state, s.created, s.step, s.password, s.totp, s.reset_by,
  s.reset_until
"""
BY_HANDLE: Final = _STAFF + "from staff s where s.handle = ?1"
ALL: Final = _STAFF + "from staff s where s.organisation = ?1 or ?1 is null order by s.handle"
ADD: Final = """
insert into staff (id, handle, organisation, roles, state, created, step, totp, invitation, invited_until)
values (?1, ?2, ?3, ?4, 'invited', ?5, 0, ?6, ?7, ?8) on conflict do nothing returning id
"""
#: The account of a handle, if it is the organisation's; None is the shell, which reaches all.
OF_ORGANISATION: Final = "select id from staff where handle = ?1 and (organisation = ?2 or ?2 is null) /* hold staff */"
SET_ROLES: Final = "update staff set roles = ?1 where id = ?2"
DISABLE: Final = """
update staff set state = 'disabled', invitation = null, invited_until = null, reset_by = null, reset_until = null
where id = ?1
"""
RESET: Final = """
update staff set state = 'invited', password = null, totp = ?1, invitation = ?2, invited_until = ?3, reset_by = null,
  reset_until = null where id = ?4
"""
ASK_RESET: Final = "update staff set reset_by = ?1, reset_until = ?2 where id = ?3"
INVITED: Final = (
    _STAFF + "from staff s where s.handle = ?1 and s.state = 'invited' and s.invitation = ?2 and s.invited_until > ?3"
)
JOIN: Final = """
update staff set state = 'active', password = ?1, step = ?2, invitation = null, invited_until = null
where id = ?3 and state = 'invited' and step < ?4
"""
NEW_PASSWORD: Final = "update staff set password = ?1 where id = ?2"  # noqa: S105 - a statement

# --- second factors -----------------------------------------------------------------------------------------------
#: Compare and set: of many logins with one code the first takes it (T41).
TAKE_STEP: Final = "update staff set step = ?1 where id = ?2 and step < ?1"
TAKE_CODE: Final = "delete from recovery_codes where staff = ?1 and code = ?2"
DROP_CODES: Final = "delete from recovery_codes where staff = ?1"
ADD_CODE: Final = "insert into recovery_codes (id, staff, code) values (?1, ?2, ?3)"

# --- sessions -----------------------------------------------------------------------------------------------------
BEGIN: Final = """
insert into staff_sessions (id, staff, token, level, began, seen, confirmed) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
"""
SESSION: Final = (
    _STAFF
    + """, t.level, t.confirmed from staff_sessions t join staff s on s.id = t.staff
where t.token = ?1 and t.seen > ?2 and t.began > ?3 and (t.level = 'full' or t.began > ?4)
  and s.state = case t.level when 'joining' then 'invited' else 'active' end
"""
)
TOUCH: Final = "update staff_sessions set seen = ?1 where token = ?2 and seen < ?1 - 60"
CONFIRM: Final = "update staff_sessions set confirmed = ?1 where token = ?2"
END: Final = "delete from staff_sessions where token = ?1"
END_ALL: Final = "delete from staff_sessions where staff = ?1"
END_OTHERS: Final = """
delete from staff_sessions where token <> ?1 and staff = (select staff from staff_sessions where token = ?1)
"""
FORGET_SESSIONS: Final = """
delete from staff_sessions where id in (select id from staff_sessions where began / 86400 < ?1 limit ?2)
"""

# --- the audit ----------------------------------------------------------------------------------------------------
LAST: Final = "select id, chain from audit order by id desc limit 1"
RECORD: Final = "insert into audit (id, minute, handle, what, object, chain) values (?1, ?2, ?3, ?4, ?5, ?6)"
ROWS: Final = "select id, minute, handle, what, object, chain from audit order by id"
NEWEST: Final = """
select id, minute, handle, what, object from audit
where handle in (select handle from staff where organisation = ?1)
  or handle in (select 'api:' || label from api_tokens where organisation = ?1) or ?1 is null order by id desc limit ?2
"""
#: The other tickets that the account has opened since then, and whether it has opened this one.
OPENED: Final = """
select count(distinct case when object <> ?2 then object end), coalesce(max(case when object = ?2 then minute end), 0)
from audit where handle = ?1 and what = 'ticket-opened' and minute > ?3
"""
OLDEST: Final = "select id, minute, chain from audit order by id limit ?1"
FORGET: Final = "delete from audit where id <= ?1"
