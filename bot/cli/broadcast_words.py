"""What ``safar broadcast`` says: refusals, states, counts and reports in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.conversation.alerts import spaced
from bot.delivery.broadcasts.estimating import Estimate
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.numbers import Counted, rounded
from bot.delivery.broadcasts.office import MOVED
from bot.delivery.broadcasts.refusals import Refused, Why
from bot.delivery.broadcasts.views import Report, View
from bot.store.broadcast_protocol import YOUNG_HOURS, Broadcast, Tally

#: Docs and tests hold that every refusal has its words.
REFUSED: Final[Mapping[Why, str]] = {
    "no-right": "This account's roles do not allow it; see: safar staff list, and docs/alerts.md on who may do what.",
    "barred": "It names what may by now be an offence to show: cancel it, and draft one without.",
    "admin": "A backup was restored: only an admin lets it go on, who looks whether it still holds.",
    "may-have-gone": "It may have gone to everybody since the backup that was restored. If it surely has not, add "
    "--again; else cancel it.",
    "unknown": "There is no such alert of this organisation; see: safar broadcast list",
    "state": "The alert is {state}, and this cannot be done with it then; see docs/alerts.md.",
    "changed": "Somebody changed it meanwhile; look at it again (safar broadcast show), then repeat the command.",
    "findings": "Mend these first (safar broadcast edit):",
    "small": "It reaches fewer than ten people. Widen the segment, or ask an admin: safar broadcast allow-small",
    "week-limit": "Your organisation has sent its alerts of this week. Wait, or merge it with the next one.",
    "day-limit": "Your organisation has sent two alerts about danger to life within a day. A third is hardly read.",
    "again": "The same words went to the same segment within 30 days. If you mean it, add --again.",
    "wrong-count": "That is not the number that was shown. Look at it again: safar broadcast show",
    "moved": "The number has changed by more than a tenth since it was shown. Look at the new one, and repeat.",
    "facts-changed": "A fact that it quotes has changed since it was proposed: withdraw the proposal (safar broadcast "
    "unpropose), read the texts, and propose it anew.",
    "own": "Whoever wrote, edited or proposed an alert cannot let it out: ask a second person.",
    "young": f"This account is younger than {YOUNG_HOURS} hours; another approver must let it out.",
    "runs-on": "The alert that it corrects may still reach people: cancel that one first, or wait until it is done.",
    "nobody": "Nobody got it, so there is nothing to correct. A correction itself is not corrected: write another one.",
    "counting": "The index of contacts is being built; repeat the command in half a minute.",
    "empty": "Give a reason, or a name: it cannot be empty.",
}

_UNATTENDED: Final = (
    "  {} account(s) have people who wait, and no process sends from there now: is Safar running, with the same tokens?"
)


def refused(why: Refused) -> str:
    lines = [REFUSED[why.why].format(state=why.state), *map(str, why.findings)]
    return "\n".join(lines)


def moved(view: View) -> str:
    """What an approver is asked before one whose audience moved goes on; empty for another."""
    broadcast = view.broadcast
    if broadcast.reason != MOVED:
        return ""
    was, now = rounded(broadcast.counted or 0), rounded(broadcast.audience or 0)
    return f"{was} people were counted when it was approved, {now} would get it now. Type the new number"


def line(view: View, zone: str) -> str:
    """Of a list: code, state, when, name."""
    broadcast = view.broadcast
    when = broadcast.began or broadcast.draft.starts or broadcast.created
    return (
        f"{spaced(broadcast.code)}  {broadcast.state:9}  {_local(when, zone)}  {view.alert.kind:10}  {view.alert.name}"
    )


def segment(alert: Alert, said: str) -> list[str]:
    return [
        f"segment      {said}{f' (from {alert.segment_from})' if alert.segment_from else ''}",
        f"topics       {', '.join(alert.topics) or 'everybody'}",
    ]


def corrected(code: str) -> list[str]:
    """``code``: of what is corrected; empty when that is kept no more."""
    return [f"goes to      those who got, or may have got, the alert {spaced(code) if code else 'that is gone'}"]


def whole(view: View, whom: Sequence[str], zone: str) -> str:
    broadcast, alert = view.broadcast, view.alert
    said = alert.frozen or alert.texts
    lines = [
        f"{alert.name} ({alert.kind}, {alert.urgency})",
        f"code         {spaced(broadcast.code)}",
        f"state        {_state(broadcast)}",
        f"organisation {broadcast.organisation}",
        f"author       {broadcast.author}; edited by {', '.join(broadcast.editors)}",
        f"approver     {broadcast.approver or '-'}",
        *whom,
        f"starts       {_local(alert.starts, zone) if alert.starts else 'when it is approved'}",
        f"ends         {_local(alert.ends, zone)}",
        f"repeat       {alert.repeat or 'once'}",
        f"source       {alert.source.title}, {alert.source.url or 'no link'}, checked on {alert.source.checked_on}",
    ]
    if alert.small_by:
        lines.append(f"few people   allowed by {alert.small_by}: {alert.small_reason}")
    lines += [f"\n[{language}]\n{text}" for language, text in said.items()]
    return "\n".join(lines)


def count(counted: Counted) -> str:
    return "\n".join(
        (
            f"people who match          {counted.matching}",
            f"who can and want to get it {counted.reached}",
            *(f"  {name:24} {number}" for name, number in counted.by_channel.items()),
            *(f"  {name:24} {number}" for name, number in counted.by_language.items()),
        )
    )


def cost(estimate: Estimate) -> str:
    lines = [f"{name}: at most {number} people" for name, number in estimate.people.items()]
    lines += [
        f"{name}: at least {_length(seconds)} at the account's pace" for name, seconds in estimate.seconds.items()
    ]
    if estimate.templates:
        price = f"at most {estimate.price}" if estimate.price else "price unknown (SAFAR_WHATSAPP_PRICE is not set)"
        days = (
            f"{estimate.days} day(s) at the account's daily limit"
            if estimate.days
            else "daily limit unknown (SAFAR_WHATSAPP_DAILY_LIMIT is not set)"
        )
        lines.append(f"WhatsApp outside the 24-hour window: at most {estimate.templates} templates, {days}")
        lines.append(f"templates alone: {price}; whoever opens one gets one more paid message")
    return "\n".join(lines)


def progress(broadcast: Broadcast, tally: Tally) -> str:
    failed = sum(number for _, number in tally.failed)
    skipped = sum(number for _, number in tally.skipped)
    return (
        f"{_state(broadcast)}: {tally.sent} of {tally.audience} sent, {tally.due} due, {tally.sending} on the way, "
        f"{tally.uncertain} uncertain, {failed} failed, {skipped} skipped, {tally.left} left"
    )


def result(report: Report) -> str:
    tally = report.tally
    return "\n".join(
        (
            progress(report.view.broadcast, tally),
            f"delivered {tally.delivered}, read {tally.read} (as far as the messenger tells)",
            *([_UNATTENDED.format(report.unattended)] if report.unattended else ()),
            *(f"  failed   {code:20} {number}" for code, number in tally.failed),
            *(f"  skipped  {reason:20} {number}" for reason, number in tally.skipped),
        )
    )


def _state(broadcast: Broadcast) -> str:
    """With the reason why nothing leaves."""
    return f"{broadcast.state}{f' ({broadcast.reason})' if broadcast.reason else ''}"


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _length(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
