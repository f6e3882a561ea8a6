"""Which help points serve this person best, the same for the same question."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.catalogue import HelpPoint
from bot.places.beside import consulate, instead_of, is_callable, surest_line
from bot.places.directory import Directory, Entry, dialled_from, is_sure
from bot.places.hours import opening
from bot.places.question import COUNTRY, TIERS, Calendars, Candidate, Nearest, Ranked, Wanted
from bot.places.reasons import reasons, spoken_there

#: THREATS T60.
MOST: Final = 5
#: What is needed at once: first a number that somebody answers now.
URGENT: Final = frozenset({"health", "trafficking", "violence"})
#: Where a need has no help points of its own: what helps in its stead.
_INSTEAD: Final[Mapping[str, tuple[str, ...]]] = {"violence": ("trafficking", "psychological", "shelter")}
#: 112 and 103 are enough: the other lines must find room.
_MOST_EMERGENCY: Final = 2
#: So many people said that nobody answered: an editor has to look.
MANY_REPORTS: Final = 3
_DISTRICT, _NEAR, _NATIONAL, _HOME, _ELSEWHERE = range(len(TIERS))
_DAYS_OF_YEAR: Final = 365
_OLDEST: Final = 9
_BAND_KM: Final = 10
_OPEN: Final = {"always": 0, "open": 0, "unknown": 1, "closed": 2}
_TOLD: Final = {"no": 0, "unknown": 1, "yes": 2}
_COST: Final = {"free": 0, "unknown": 1, "paid": 2}
_CONFIDENCE: Final = {"high": 0, "medium": 1, "low": 2}
_NO_REPORTS: Final[Mapping[str, int]] = {}


def nearest(
    directory: Directory,
    wanted: Wanted,
    now: datetime,
    calendars: Calendars,
    unanswered: Mapping[str, int] = _NO_REPORTS,
) -> Nearest:
    """At most ``MOST`` points, the best first. ``now`` is aware. ``unanswered``: point -> people who said that nobody
    answered since it was last verified.

    The first can be called and was confirmed; only the confirmed consulate of the person's own district may stand
    before it without a phone. What nobody has confirmed stands beside it only.
    """
    candidates = list(_candidates(directory, wanted))
    chosen = _chosen(_ranked(candidates, wanted, now, calendars, unanswered))
    sure = next((one for one in chosen if is_callable(one.point, wanted.country)), None)
    if sure is None:
        sure = surest_line(directory, wanted)
        chosen = [sure, *chosen][:MOST] if sure else []
    elif not (chosen[0] is sure or _is_own_consulate(chosen[0])):
        chosen = [sure, *(one for one in chosen if one is not sure)]
    near = any(one.tier < _NATIONAL for one in candidates)
    if not near and (wanted.region or wanted.latitude is not None):
        known = any(one.point.kind == "consulate" for one in chosen)
        extra = None if known else consulate(directory, wanted)
        chosen = [*chosen[: MOST - 1], extra] if extra else chosen
    found = (_described(one, directory, wanted, now, calendars, unanswered) for one in chosen)
    return Nearest(found=tuple(found), near=near)


def described(directory: Directory, point: HelpPoint, wanted: Wanted, now: datetime, calendars: Calendars) -> Ranked:
    """One point by itself, as it stands to the person."""
    abroad = _NATIONAL if point.country == wanted.country else _HOME
    tier = _DISTRICT if wanted.region and wanted.region in point.regions else abroad
    one = Candidate(Entry(point, wanted.citizenship), tier)
    return _described(one, directory, wanted, now, calendars, _NO_REPORTS)


def _described(
    one: Candidate,
    directory: Directory,
    wanted: Wanted,
    now: datetime,
    calendars: Calendars,
    unanswered: Mapping[str, int],
) -> Ranked:
    point = one.point
    hours = opening(point, now, calendars.get(point.country))
    phones = dialled_from(point, wanted.country or point.country)
    instead = None if is_callable(point, wanted.country) else instead_of(directory, point, wanted)
    return Ranked(
        point=point,
        reasons=tuple(reasons(one, wanted, now, hours, phones, instead, unanswered)),
        opening=hours,
        phones=phones,
        kilometres=one.kilometres_from(wanted),
        instead=instead,
    )


def _is_own_consulate(one: Candidate) -> bool:
    point = one.point
    return point.kind == "consulate" and one.tier == _DISTRICT and one.entry.own and not point.doubtful


# who may help


def _candidates(directory: Directory, wanted: Wanted) -> Iterator[Candidate]:
    found = {one.point.key: one for one in _of_need(directory, wanted, wanted.need)}
    if not found:
        for need in _INSTEAD.get(wanted.need, ()):
            for one in _of_need(directory, wanted, need):
                if one.point.kind != "emergency" or need in URGENT:
                    found.setdefault(one.point.key, one)
    fitting = [one for one in found.values() if one.point.kind != "emergency" or wanted.need in URGENT]
    yield from fitting
    if wanted.country and all(one.point.kind == "emergency" for one in fitting):
        for entry in directory.of_other_regions(wanted.country, wanted.need, wanted.citizenship):
            if is_sure(entry.point):
                yield Candidate(entry, _ELSEWHERE)


def _of_need(directory: Directory, wanted: Wanted, need: str) -> Iterator[Candidate]:
    for country in wanted.countries:
        asked = (country, need, wanted.citizenship)
        for entry in directory.national(*asked):
            yield Candidate(entry, _DISTRICT if wanted.region in entry.point.regions else _NATIONAL)
        if wanted.region:
            for entry in directory.of_region(*asked, wanted.region):
                yield Candidate(entry, _DISTRICT)
        if wanted.latitude is not None and wanted.longitude is not None:
            for entry in directory.near(*asked, wanted.latitude, wanted.longitude):
                yield Candidate(entry, _NEAR)
    if wanted.citizenship and wanted.citizenship not in wanted.countries:
        for entry in directory.at_home(need, wanted.citizenship):
            yield Candidate(entry, _HOME)


# in which order


def _ranked(
    candidates: Sequence[Candidate],
    wanted: Wanted,
    now: datetime,
    calendars: Calendars,
    unanswered: Mapping[str, int],
) -> Iterator[Candidate]:
    """The best first. What takes time, hours and distance, is worked out only for those that are alike before it."""
    groups: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    spoken = wanted.spoken
    for one in candidates:
        groups[_begin(one, spoken, unanswered)].append(one)
    for begin in sorted(groups):
        alike = groups[begin]
        if len(alike) > 1:
            alike.sort(key=lambda one: _rest(one, wanted, now, calendars))
        yield from alike


def _begin(one: Candidate, spoken: str, unanswered: Mapping[str, int]) -> tuple[Any, ...]:
    """Less is better. What may harm comes last; then whose it is before where it is, and whether one can rely on it."""
    entry, tier = one
    point = entry.point
    reported = bool(unanswered) and unanswered.get(point.key, 0) >= MANY_REPORTS
    return (entry.harm, reported, tier > COUNTRY, not entry.own, tier, entry.certainty, spoken_there(point, spoken))


def _rest(one: Candidate, wanted: Wanted, now: datetime, calendars: Calendars) -> tuple[Any, ...]:
    """Of those that are alike so far: open now, near, without papers, free, lately confirmed."""
    point = one.point
    away = one.kilometres_from(wanted) or 0
    return (
        _OPEN[opening(point, now, calendars.get(point.country)).state],
        away // _BAND_KM,
        _TOLD[point.asks_for_papers],
        _COST[point.cost],
        _age(point, now),
        _CONFIDENCE[point.confidence],
        away,
        point.key,
    )


def _age(point: HelpPoint, now: datetime) -> int:
    """In whole years."""
    if point.verified_on is None:
        return _OLDEST
    return min(max((now.date() - point.verified_on).days, 0) // _DAYS_OF_YEAR, _OLDEST)


def _chosen(ranked: Iterator[Candidate]) -> list[Candidate]:
    chosen: list[Candidate] = []
    emergency = 0
    for one in ranked:
        emergency += one.point.kind == "emergency"
        if one.point.kind != "emergency" or emergency <= _MOST_EMERGENCY:
            chosen.append(one)
        if len(chosen) == MOST:
            break
    return chosen
