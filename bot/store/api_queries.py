"""Every SQL statement on tokens, what they asked for, and webhooks, by name."""

from typing import Final

# --- tokens -------------------------------------------------------------------------------------------------------
_WHO: Final = """
select id, label, organisation, scopes, made_by, created_day, until_day, used_day, token is null from api_tokens
"""
ADD_TOKEN: Final = """
insert into api_tokens (id, label, organisation, scopes, token, made_by, created_day, until_day)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (label) do nothing returning id
"""  # noqa: S105 - a statement
TOKENS: Final = _WHO + "order by label"
TOKENS_OF: Final = _WHO + "where organisation = ?1 order by label"
TOKEN: Final = _WHO + "where token = ?1 and until_day >= ?2"
LABELLED: Final = "select id, organisation from api_tokens where label = ?1 and token is not null"
END_TOKEN: Final = "update api_tokens set token = null where id = ?1"  # noqa: S105 - a statement
USED: Final = "update api_tokens set used_day = ?1 where id = ?2"

# --- what they asked for --------------------------------------------------------------------------------------------
ANSWER: Final = "select body, reference from api_answers where key = ?1 and made > ?2"
DROP_ANSWER: Final = "delete from api_answers where key = ?1"
ADD_ANSWER: Final = """
insert into api_answers (id, token, key, body, reference, made) values (?1, ?2, ?3, ?4, ?5, ?6)
"""
FORGET_ANSWERS: Final = """
delete from api_answers where id in (select id from api_answers where made / 86400 < ?1 limit ?2)
"""

# --- webhooks -------------------------------------------------------------------------------------------------------
WEBHOOK: Final = "select id, state, sealed from webhooks where organisation = ?1"
ADD_WEBHOOK: Final = "insert into webhooks (id, organisation, state, sealed) values (?1, ?2, 'active', ?3)"
SET_WEBHOOK: Final = "update webhooks set state = 'active', sealed = ?1 where id = ?2"
END_WEBHOOK: Final = "update webhooks set state = 'ended' where organisation = ?1"
DROP_WEBHOOK: Final = "delete from webhooks where organisation = ?1"
_CALL: Final = "id, message, organisation, broadcast, event, reason, state, made, tries, status"
CALLS: Final = f"select {_CALL} from webhook_calls where organisation = ?1 order by id desc limit ?2"  # noqa: S608
_DUE: Final = "state in ('waiting', 'calling') and due <= ?1"
#: A call under way is due again when its process must be dead. Of several processes that ask at once the second finds,
#: when the first is through, that the outer condition does not hold any more.
CLAIM_CALLS: Final = f"""
update webhook_calls set state = 'calling', due = ?2, tries = tries + 1
where {_DUE} and id in (select id from webhook_calls where {_DUE} order by due, id limit ?3) returning {_CALL}
"""  # noqa: S608
SETTLE_CALL: Final = """
update webhook_calls set state = ?1, status = ?2, due = ?3 where id = ?4 and tries = ?5 and state = 'calling'
"""
END_CALLS: Final = """
update webhook_calls set state = 'ended' where organisation = ?1 and state in ('waiting', 'calling')
"""
FORGET_CALLS: Final = """
delete from webhook_calls where id in (select id from webhook_calls where made / 86400 < ?1 limit ?2)
"""
