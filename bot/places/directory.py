"""The help points on their shelves: by country, need and citizenship, then by region or by where they stand."""

from collections import defaultdict
from collections.abc import Iterable
from math import cos, floor, radians, sin
from typing import Final

from bot.catalogue import HelpPoint

#: A place that one goes to in a day, there and back.
REACH_KM: Final = 100
#: Kilometres of one degree of latitude, nearly; and of the radius of the Earth.
_DEGREE_KM: Final = 111.0
_EARTH_KM: Final = 6_371.0
#: The square of the straight way through the unit sphere that spans the reach.
_REACH: Final = (2 * sin(REACH_KM / _EARTH_KM / 2)) ** 2
#: Never more columns than this beside one's own: near the pole they grow narrow.
_MAX_COLUMNS: Final = 20
#: More needs than any point has.
_MANY: Final = 100
_OF_STATES: Final = frozenset({"consulate", "government", "hotline"})


class Entry:
    """A point with what its place in a ranking always begins with, worked out once: see ``bot.places.ranking``."""

    __slots__ = ("certainty", "harm", "own", "point", "vector")

    def __init__(self, point: HelpPoint, citizenship: str) -> None:
        self.point = point
        #: What may report to the police is last, a number for emergencies first: what is for one need alone (103 for an
        #: illness), then what is for everything (112).
        few = 0 if len(point.needs) == 1 else _MANY - len(point.needs)
        self.harm = (
            point.reports_to_police == "yes",
            point.kind != "emergency",
            few if point.kind == "emergency" else 0,
        )
        #: It is for this citizenship alone.
        self.own = bool(citizenship) and point.citizenships == {citizenship}
        self.certainty = (point.doubtful, not point.phones)
        at = point.coordinates
        self.vector = _vector(at.lat, at.lon) if at else None


class _Shelf:
    """The points of one country for one need and one citizenship."""

    __slots__ = ("by_cell", "by_region", "national")

    def __init__(self) -> None:
        self.national: list[Entry] = []
        self.by_region: dict[str, list[Entry]] = defaultdict(list)
        #: By whole degrees.
        self.by_cell: dict[tuple[int, int], list[Entry]] = defaultdict(list)

    def place(self, entry: Entry) -> None:
        point = entry.point
        if point.scope == "national":
            self.national.append(entry)
        elif point.regions:
            for region in point.regions:
                self.by_region[region].append(entry)
        elif point.coordinates is not None:
            self.by_cell[floor(point.coordinates.lat), floor(point.coordinates.lon)].append(entry)


class Directory:
    """Made once from all points of a catalogue; the order of the points is that of their keys, so that what is found
    is the same every time."""

    def __init__(self, points: Iterable[HelpPoint]) -> None:
        self._shelves: dict[tuple[str, str, str], _Shelf] = defaultdict(_Shelf)
        self._home: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        #: The lines that answer for the whole country, by country and citizenship.
        self._lines: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for point in sorted(points, key=lambda one: one.key):
            for citizenship in ("", *sorted(point.citizenships)):
                entry = Entry(point, citizenship)
                for need in point.needs:
                    self._shelves[point.country, need, citizenship].place(entry)
                    if answers_abroad(point, citizenship):
                        self._home[need, citizenship].append(entry)
                if point.scope == "national" and is_sure(point):
                    self._lines[point.country, citizenship].append(entry)

    def national(self, country: str, need: str, citizenship: str) -> list[Entry]:
        shelf = self._shelves.get((country, need, citizenship))
        return shelf.national if shelf else []

    def of_region(self, country: str, need: str, citizenship: str, region: str) -> list[Entry]:
        """Those that answer for that region, however far they are."""
        shelf = self._shelves.get((country, need, citizenship))
        return shelf.by_region.get(region, []) if shelf else []

    def of_other_regions(self, country: str, need: str, citizenship: str) -> list[Entry]:
        shelf = self._shelves.get((country, need, citizenship))
        regions = shelf.by_region.values() if shelf else ()
        return list({entry.point.key: entry for entries in regions for entry in entries}.values())

    def near(self, country: str, need: str, citizenship: str, latitude: float, longitude: float) -> list[Entry]:
        """Those that answer for no region by name and stand within reach."""
        shelf = self._shelves.get((country, need, citizenship))
        if shelf is None or not shelf.by_cell:
            return []
        rows = REACH_KM / _DEGREE_KM
        columns = min(rows / cos(radians(min(89.0, abs(latitude) + rows))), _MAX_COLUMNS)
        x, y, z = _vector(latitude, longitude)
        found = []
        for row in range(floor(latitude - rows), floor(latitude + rows) + 1):
            for column in range(floor(longitude - columns), floor(longitude + columns) + 1):
                for entry in shelf.by_cell.get((row, (column + 180) % 360 - 180), ()):
                    there = entry.vector
                    if there and (x - there[0]) ** 2 + (y - there[1]) ** 2 + (z - there[2]) ** 2 <= _REACH:
                        found.append(entry)
        return found

    def at_home(self, need: str, citizenship: str) -> list[Entry]:
        """What the person's own state answers from abroad."""
        return self._home.get((need, citizenship), [])

    def lines(self, country: str, citizenship: str) -> list[Entry]:
        """The sure lines of a country, whatever the need."""
        return self._lines.get((country, citizenship), [])


def _vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """On the unit sphere: nearness is a few products there."""
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def answers_abroad(point: HelpPoint, citizenship: str) -> bool:
    """An office of the person's own country whose number can be dialled from another one."""
    return (
        point.country == citizenship
        and point.scope == "national"
        and point.kind in _OF_STATES
        and point.citizenships == {citizenship}
        and bool(dialled_from(point, ""))
    )


def dialled_from(point: HelpPoint, country: str) -> tuple[str, ...]:
    """The phones that reach the point from that country."""
    if point.country == country:
        return point.phones
    return tuple(phone for phone in point.phones if phone.startswith("+"))


def is_sure(point: HelpPoint) -> bool:
    """It may stand alone: it has a phone, and somebody has confirmed it."""
    return bool(point.phones) and not point.doubtful and point.confidence != "low"
