"""What the doors do: draft, change, read, count. Letting out is for people, in the console (THREATS T33)."""

from datetime import UTC, datetime
from typing import Final, get_args

from starlette.responses import Response

from bot.delivery.broadcasts.refusals import Refused
from bot.delivery.broadcasts.views import View
from bot.store import AskedOtherwise, handle_of
from bot.store.broadcast_protocol import BroadcastState
from bot.web.api.asking import Ask, answered
from bot.web.api.problems import Fault, Refusal, one_fault
from bot.web.api.shapes import AlertList, ChangeAlert, CountSegment, DraftAlert
from bot.web.api.turning import alert_of, answer, count, counted_alert, in_list, report

_STATES: Final[tuple[BroadcastState, ...]] = get_args(BroadcastState)


async def draft(ask: Ask) -> Response:
    asked = await ask.body(DraftAlert)
    once = ask.once(asked)
    try:
        made = await ask.service.office.draft(ask.account, alert_of(asked, ask.places), once)
    except AskedOtherwise:
        raise one_fault(
            "idempotency-key",
            422,
            "Idempotency-Key",
            "it came with another body within 24 hours",
            "take a new one for a new request",
        ) from None
    view = _done(made)
    return answered(await _shown(ask, view), 201, {"location": f"/api/v1/alerts/{view.broadcast.key.hex()}"})


async def change(ask: Ask) -> Response:
    """Only what a program of the organisation wrote, and only while it is a draft: what people work on is theirs."""
    asked = await ask.body(ChangeAlert)
    alert = alert_of(asked, ask.places)
    seen = _done(await ask.service.office.look(ask.account, ask.key))
    if not seen.broadcast.author.startswith(handle_of("")):
        raise Refusal("not-yours", 403, "A person wrote this alert; only what came by the API is changed by it.")
    if seen.broadcast.state != "draft":
        raise _state(seen.broadcast.state)
    saved = await ask.service.office.save(ask.account, ask.key, int(asked.version), alert)
    if isinstance(saved, Refused) and saved.why == "changed":
        raise Refusal(
            "changed", 409, "There is a newer version: read it, make your change again, and send its `version`."
        )
    return answered(await _shown(ask, _done(saved)))


async def read(ask: Ask) -> Response:
    return answered(await _shown(ask, _done(await ask.service.office.look(ask.account, ask.key))))


async def list_(ask: Ask) -> Response:
    given = ask.parameters("state")
    states = tuple(state for state in _STATES if state == given.get("state"))
    if given and not states:
        raise one_fault("wrong-parameter", 422, "state", "there is no such state", f"take one of {', '.join(_STATES)}")
    views = await ask.service.office.alerts(ask.account, states)
    if isinstance(views, Refused):
        raise _refusal(views)
    return answered(AlertList(alerts=tuple(in_list(view) for view in views)))


async def read_report(ask: Ask) -> Response:
    found = await ask.service.office.report(ask.account, ask.key)
    if isinstance(found, Refused):
        raise _refusal(found)
    return answered(report(found.view, found.tally))


async def count_segment(ask: Ask) -> Response:
    """Changes nothing, so it needs no Idempotency-Key."""
    alert = counted_alert(await ask.body(CountSegment), ask.places, datetime.now(UTC))
    wrong = [
        one
        for one in await ask.service.office.findings(ask.account, alert)
        if one.level == "error" and one.at.partition(".")[0] in ("segment", "topics")
    ]
    if wrong:
        raise Refusal(
            "findings",
            422,
            "The segment or the topics are not right.",
            *(Fault(field=one.at, what=one.what, remedy=one.remedy) for one in wrong),
        )
    found = await ask.service.office.count(ask.account, alert)
    if isinstance(found, Refused):
        raise _refusal(found)
    return answered(count(found))


async def _shown(ask: Ask, view: View) -> object:
    corrects = view.broadcast.draft.corrects
    return answer(view, await ask.service.office.findings(ask.account, view.alert, corrects))


def _done(result: View | Refused) -> View:
    if isinstance(result, Refused):
        raise _refusal(result)
    return result


def _refusal(refused: Refused) -> Refusal:
    if refused.why == "unknown":
        return Refusal("not-found", 404, "Your organisation has no such alert.")
    if refused.why == "counting":
        detail = "Contacts are being counted since the last start; ask again in 20 seconds."
        return Refusal("counting", 503, detail, headers={"retry-after": "20"})
    if refused.why == "state":
        return _state(refused.state)
    raise AssertionError(refused.why)


def _state(state: str) -> Refusal:
    return Refusal("state", 409, f"The alert is {state}: only a draft is changed by the API.")
