"""Alerts: the list, the page of one with all that can be done to it, and its progress (THREATS T33-T35, T44).

Each form names the version, or the digest, of what its page had shown: what somebody changed meanwhile is refused.
"""

from collections.abc import Awaitable
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from starlette.responses import Response

from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.numbers import rounded
from bot.delivery.broadcasts.refusals import Refused
from bot.delivery.broadcasts.views import Report, View
from bot.delivery.broadcasts.wording import say_rule
from bot.places import gazetteer
from bot.staff import rights_of
from bot.web.console import alert_words
from bot.web.console.alert_form import Filled, fields_of, new_fields, read_alert, read_texts, with_old
from bot.web.console.visit import Visit

_LIST: Final = "/console/alerts"
_KEY_BYTES: Final = 16
#: States that others, or the time, end: the page looks for news.
_MOVING: Final = frozenset({"proposed", "approved", "enrolling", "sending", "paused"})


async def page(visit: Visit) -> Response:
    return await _list(visit, "alerts.html")


async def live(visit: Visit) -> Response:
    return await _list(visit, "alerts-live.html")


async def new(visit: Visit) -> Response:
    return _form(visit, new_fields())


async def create(visit: Visit) -> Response:
    filled = read_alert(visit.form, _zone(visit), gazetteer(visit.console.catalogue().places))
    if filled.alert is None:
        return _form(visit, visit.form, 422, errors=filled.errors)
    made = await visit.console.office.draft(visit.account, filled.alert)
    if isinstance(made, Refused):
        return _form(visit, visit.form, alert_words.status_of(made), error=alert_words.refusal(made))
    return visit.go(_path(made))


async def one(visit: Visit) -> Response:
    return await _show(visit)


async def one_live(visit: Visit) -> Response:
    return await _show(visit, template="alert-live.html")


async def edit(visit: Visit) -> Response:
    view = await visit.console.office.look(visit.account, _key(visit))
    if isinstance(view, Refused):
        return _refused(visit, view)
    return _form(visit, fields_of(view.alert, _zone(visit)), view=view)


async def save(visit: Visit) -> Response:
    office, key = visit.console.office, _key(visit)
    view = await office.look(visit.account, key)
    if isinstance(view, Refused):
        return _refused(visit, view)
    filled = _filled(visit, view.alert)
    if filled.alert is None:
        return _form(visit, visit.form, 422, view=view, errors=filled.errors)
    saved = await office.save(visit.account, key, visit.form.number("version"), filled.alert)
    if isinstance(saved, Refused):
        return _form(visit, visit.form, alert_words.status_of(saved), view=view, error=alert_words.refusal(saved))
    return visit.go(_path(saved))


def _filled(visit: Visit, old: Alert) -> Filled:
    """Of whoever changes texts alone nothing else is read."""
    if "send" not in _may(visit):
        return Filled(replace(old, texts=read_texts(visit.form)), {})
    filled = read_alert(visit.form, _zone(visit), gazetteer(visit.console.catalogue().places))
    return Filled(with_old(filled.alert, old), {}) if filled.alert else filled


async def propose(visit: Visit) -> Response:
    office = visit.console.office
    again = visit.form["again"] == "yes"
    return await _after(visit, office.propose(visit.account, _key(visit), visit.form.number("version"), again=again))


async def withdraw(visit: Visit) -> Response:
    return await _after(visit, visit.console.office.withdraw_proposal(visit.account, _key(visit)))


async def approve(visit: Visit) -> Response:
    """``digest`` and ``shown`` are those of the page that the approver looked at."""
    form = visit.form
    try:
        digest = bytes.fromhex(form["digest"])
    except ValueError:
        digest = b""
    approving = visit.console.office.approve(
        visit.account, _key(visit), digest, number=form["shown"], typed=form["typed"], again=form["again"] == "yes"
    )
    return await _after(visit, approving)


async def pause(visit: Visit) -> Response:
    return await _after(visit, visit.console.office.pause(visit.account, _key(visit)))


async def resume(visit: Visit) -> Response:
    form = visit.form
    resuming = visit.console.office.resume(
        visit.account, _key(visit), typed=form["typed"], again=form["again"] == "yes"
    )
    return await _after(visit, resuming)


async def cancel(visit: Visit) -> Response:
    return await _after(visit, visit.console.office.cancel(visit.account, _key(visit)))


async def small(visit: Visit) -> Response:
    return await _after(visit, visit.console.office.allow_small(visit.account, _key(visit), visit.form["reason"]))


async def uncertain(visit: Visit) -> Response:
    repeat = visit.form["decision"] == "repeat"
    return await _after(visit, visit.console.office.decide_uncertain(visit.account, _key(visit), repeat=repeat))


async def correct(visit: Visit) -> Response:
    """A draft that goes to those who got this one; it opens for editing, with the texts as they were."""
    kind: Literal["correction", "withdrawal"] = "withdrawal" if visit.form["kind"] == "withdrawal" else "correction"
    office, key = visit.console.office, _key(visit)
    view = await office.look(visit.account, key)
    if isinstance(view, Refused):
        return _refused(visit, view)
    made = await office.correct(visit.account, key, kind, view.alert.texts)
    if isinstance(made, Refused):
        return await _show(visit, alert_words.status_of(made), error=alert_words.refusal(made))
    return visit.go(f"{_path(made)}/edit")


async def _after(visit: Visit, act: Awaitable[Any]) -> Response:
    done = await act
    if isinstance(done, Refused):
        return await _show(visit, alert_words.status_of(done), refused=done)
    return visit.go(f"{_LIST}/{_key(visit).hex()}")


async def _list(visit: Visit, template: str) -> Response:
    views = await visit.console.office.alerts(visit.account)
    if isinstance(views, Refused):
        return _refused(visit, views)
    return visit.page(template, views=views, zone=_zone(visit), say=alert_words, may=_may(visit))


async def _show(
    visit: Visit, status: int = 200, error: str = "", refused: Refused | None = None, template: str = "alert.html"
) -> Response:
    office, account = visit.console.office, visit.account
    report = await office.report(account, _key(visit))
    if isinstance(report, Refused):
        return _refused(visit, report)
    view = report.view
    values: dict[str, Any] = {
        "report": report, "view": view, "alert": view.alert, "broadcast": view.broadcast, "zone": _zone(visit),
        "say": alert_words, "may": _may(visit), "moving": view.broadcast.state in _MOVING, "key": _key(visit).hex(),
        "now": datetime.now(UTC), "audience": rounded(view.broadcast.audience or 0), "refused": refused,
        "error": alert_words.refusal(refused) if refused else error,
    }  # fmt: skip
    if template == "alert.html":
        values |= await _looked_at(visit, report)
    return visit.page(template, status, **values)


async def _looked_at(visit: Visit, report: Report) -> dict[str, Any]:
    """What a person weighs before it goes out: whom it reaches, what it costs, what it says on each channel."""
    office, account, view = visit.console.office, visit.account, report.view
    if view.broadcast.state not in ("draft", "proposed", "approved"):
        return {"previews": office.preview(view)}
    counted = await office.count(account, view.alert, view.broadcast.draft.corrects)
    estimate = await office.estimate(account, view.alert, view.broadcast.draft.corrects)
    return {
        "counted": None if isinstance(counted, Refused) else counted,
        "uncounted": alert_words.refusal(counted) if isinstance(counted, Refused) else "",
        "estimate": None if isinstance(estimate, Refused) else estimate,
        "findings": await office.findings(account, view.alert, view.broadcast.draft.corrects),
        "previews": office.preview(view),
        "whom": say_rule(view.alert.segment, gazetteer(visit.console.catalogue().places)),
    }


def _form(visit: Visit, fields: Any, status: int = 200, view: View | None = None, **values: object) -> Response:
    values |= {"fields": fields, "view": view, "zone": _zone(visit), "say": alert_words, "may": _may(visit)}
    return visit.page("alert-form.html", status, **values)


def _refused(visit: Visit, refused: Refused) -> Response:
    return visit.message(alert_words.status_of(refused), alert_words.refusal(refused))


def _key(visit: Visit) -> bytes:
    """What names no alert is looked for all the same, and not found."""
    text = str(visit.request.path_params["alert"])
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return b""
    return key if len(key) == _KEY_BYTES else b""


def _path(view: View) -> str:
    return f"{_LIST}/{view.broadcast.key.hex()}"


def _zone(visit: Visit) -> tzinfo:
    """That of the organisation: its staff write and read times by their own clock."""
    organisation = visit.console.catalogue().organisations.get(visit.account.organisation)
    return UTC if organisation is None else ZoneInfo(organisation.timezone)


def _may(visit: Visit) -> frozenset[str]:
    return frozenset(rights_of(visit.account.roles))
