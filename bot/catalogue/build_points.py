"""Help points of the catalogue out of the files of ``content/help_points/``."""

from bot.catalogue import hiding, shapes
from bot.catalogue.draft import Entry, File
from bot.catalogue.making import Gathered, Maker
from bot.catalogue.points import Asked, HelpPoint
from bot.catalogue.values import City, Coordinates, Page


def why_hidden(point: shapes.HelpPoint) -> str:
    """Why a point may not be shown: "" when it may."""
    return hiding.why_hidden(status=point.status, confidence=point.confidence, marks=point.marks)


def build_point(entry: Entry[shapes.HelpPoint], into: Gathered) -> HelpPoint:
    make = Maker(into=into, document=entry.document, owner=("point", entry.key), top=entry.way)
    shape, page, key = entry.shape, entry.shape.source, f"points.{entry.key}"
    return HelpPoint(
        key=entry.key,
        name=make.text(f"{key}.name", shape.name, "name"),
        kind=shape.kind,
        doubtful=shape.status != "active",
        phones=shape.phones,
        country=shape.country,
        citizenships=frozenset(shape.serves),
        needs=tuple(shape.needs),
        scope=shape.scope,
        city=City(ru=shape.city.ru, en=shape.city.en) if shape.city else None,
        coordinates=_coordinates(shape),
        service_area=shape.service_area,
        districts=shape.districts,
        regions=frozenset(shape.regions),
        address=shape.address,
        public_address=shape.public_address,
        hours=shape.hours,
        timezone=shape.timezone,
        languages=shape.languages,
        cost=shape.cost,
        telegram=shape.telegram,
        whatsapp=shape.whatsapp,
        email=shape.email,
        website=shape.website,
        anonymous=shape.anonymous,
        asks_for_papers=shape.asks_for_papers,
        reports_to_police=shape.reports_to_police,
        bring=make.text(f"{key}.bring", shape.bring, "bring") if shape.bring else None,
        say=make.text(f"{key}.say", shape.say, "say") if shape.say else None,
        source=Page(title=page.title, url=page.url, page_date=page.page_date),
        verified_on=shape.verified_on,
        confidence=shape.confidence,
        at=entry.at(),
    )


def build_asking(file: File[shapes.Asking], into: Gathered) -> dict[str, Asked]:
    make = Maker(into=into, document=file.document, owner=("asking", file.id))
    return {
        need: Asked(
            bring=make.text(f"asking.{need}.bring", asked.bring, need, "bring"),
            say=make.text(f"asking.{need}.say", asked.say, need, "say"),
        )
        for need, asked in file.shape.root.items()
    }


def _coordinates(shape: shapes.HelpPoint) -> Coordinates | None:
    if shape.lat is None or shape.lon is None or shape.geo_precision is None:
        return None
    return Coordinates(lat=shape.lat, lon=shape.lon, precision=shape.geo_precision)
