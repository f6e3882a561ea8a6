"""Why a help point stands where it stands, for programs and for editors."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from bot.catalogue import HelpPoint
from bot.places.hours import Opening
from bot.places.question import TIERS, Candidate, Code, Reason, Wanted

_STALE_DAYS: Final = 2 * 365
_LANGUAGE: Final[tuple[Code, ...]] = ("language", "unknown_language", "other_language")


def spoken_there(point: HelpPoint, spoken: str) -> int:
    """0: yes, 1: not known, 2: no."""
    return 0 if spoken in point.languages else 1 if not point.languages else 2


def is_stale(point: HelpPoint, now: datetime) -> bool:
    """Nobody has confirmed it for two years, or ever."""
    return point.verified_on is None or (now.date() - point.verified_on).days > _STALE_DAYS


def reasons(
    one: Candidate,
    wanted: Wanted,
    now: datetime,
    hours: Opening,
    phones: tuple[str, ...],
    instead: HelpPoint | None,
    unanswered: Mapping[str, int],
) -> Iterator[Reason]:
    yield from _whose(one, wanted)
    code: Code = "unknown_hours" if hours.state == "unknown" else hours.state
    yield Reason(code, hours.changes.isoformat() if hours.changes else "")
    yield Reason("phone", ",".join(phones)) if phones else Reason("no_phone", instead.key if instead else "")
    yield from _terms(one.point)
    yield from _certainty(one.point, now)
    if reports := unanswered.get(one.point.key, 0):
        yield Reason("reported", str(reports))


def _whose(one: Candidate, wanted: Wanted) -> Iterator[Reason]:
    point, away = one.point, one.kilometres_from(wanted)
    if point.kind == "emergency":
        yield Reason("danger")
    if wanted.need not in point.needs:
        yield Reason("instead_of", wanted.need)
    tier = TIERS[one.tier]
    if tier != "near":
        yield Reason(tier, wanted.region if tier == "district" else point.country)
    if away is not None:
        yield Reason("near", f"{away:.0f}")
    own = "own_citizenship" if one.entry.own else "every_citizenship"
    yield Reason(own, ",".join(sorted(point.citizenships)))  # type: ignore[arg-type]
    if wanted.language:
        yield Reason(_LANGUAGE[spoken_there(point, wanted.spoken)], ",".join(point.languages))


def _terms(point: HelpPoint) -> Iterator[Reason]:
    if point.cost != "unknown":
        yield Reason(point.cost)
    if point.asks_for_papers != "unknown":
        yield Reason("asks_for_papers" if point.asks_for_papers == "yes" else "no_papers")
    if point.reports_to_police == "yes":
        yield Reason("reports_to_police")


def _certainty(point: HelpPoint, now: datetime) -> Iterator[Reason]:
    if point.doubtful:
        yield Reason("doubtful")
    yield Reason("verified", point.verified_on.isoformat()) if point.verified_on else Reason("undated")
    if is_stale(point, now):
        yield Reason("stale")
    yield Reason("confidence", point.confidence)
