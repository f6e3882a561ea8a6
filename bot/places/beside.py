"""Nothing doubtful stands alone: the numbers that surely answer, the consulate, whom to call instead."""

from bot.catalogue import HelpPoint
from bot.places.directory import Directory, Entry, dialled_from, is_sure
from bot.places.question import Candidate, Wanted


def is_callable(point: HelpPoint, country: str) -> bool:
    """It may stand alone, for somebody who is in that country."""
    return is_sure(point) and bool(not country or dialled_from(point, country))


def surest_line(directory: Directory, wanted: Wanted) -> Candidate | None:
    """Where nothing sure serves the need itself: the consulate, else a line that serves most."""
    lines = [
        Candidate(entry, 2)
        for country in wanted.countries
        for entry in directory.lines(country, wanted.citizenship)
        if entry.point.kind != "emergency"
    ]
    home = [Candidate(entry, 3) for entry in _home_lines(directory, wanted)]
    return min((*lines, *home), key=_surest, default=None)


def _surest(one: Candidate) -> tuple[bool, bool, int, int, str]:
    point = one.point
    return (point.kind != "consulate", not one.entry.own, one.tier, -len(point.needs), point.key)


def consulate(directory: Directory, wanted: Wanted) -> Candidate | None:
    """The one that surely answers for the whole country."""
    if not wanted.citizenship:
        return None
    lines = directory.lines(wanted.country, wanted.citizenship)
    return next((Candidate(entry, 2) for entry in lines if entry.point.kind == "consulate"), None)


def instead_of(directory: Directory, point: HelpPoint, wanted: Wanted) -> HelpPoint | None:
    """Whom to call in place of a point: for a consulate the embassy, else a line for the need, else any line."""
    fitting = [
        entry.point
        for entry in (*directory.lines(point.country, wanted.citizenship), *_home_lines(directory, wanted))
        if entry.point.key != point.key and entry.point.reports_to_police != "yes"
        if dialled_from(entry.point, wanted.country or point.country)
    ]

    def order(other: HelpPoint) -> tuple[bool, bool, bool, bool, int, str]:
        is_embassy = other.kind == "consulate" and other.citizenships == point.citizenships
        return (
            other.kind == "emergency",
            point.kind == "consulate" and not is_embassy,
            wanted.need not in other.needs,
            other.citizenships != {wanted.citizenship},
            -len(other.needs),
            other.key,
        )

    return min(fitting, key=order, default=None)


def _home_lines(directory: Directory, wanted: Wanted) -> list[Entry]:
    if wanted.citizenship in {"", wanted.country}:
        return []
    return [entry for entry in directory.at_home("legal", wanted.citizenship) if is_sure(entry.point)]
