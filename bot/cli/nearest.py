"""``safar nearest``: which help points serve somebody best, and why."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from bot.cli.content import open_catalogue, root_option
from bot.places import HIDDEN, Directory, Gazetteer, Place, Ranked, Wanted, gazetteer
from bot.places import nearest as rank
from bot.text import LANGUAGES, SOURCE

_COUNTRIES: Final = ("RU", "KZ", "UZ", "TJ", "KG")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: the points in order, each with its reasons.")
@click.option("--need", required=True, help="As in content/help_points: documents, wages, health ...")
@click.option("--citizenship", type=click.Choice(["UZ", "TJ", "KG"]), help="Of the person.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), default=SOURCE, help="That the person speaks.")
@click.option("--lat", type=click.FloatRange(-90, 90), help="Degrees north, with --lon.")
@click.option("--lon", type=click.FloatRange(-180, 180), help="Degrees east, with --lat.")
@click.option("--city", help="Instead of them, a city, district or region, as people type it.")
@click.option("--country", type=click.Choice(_COUNTRIES), help="Where the person is; else that of the place.")
@click.option("--at", "at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"]), help="When; a "
              "time without an offset is that of the place.")  # fmt: skip
@click.option("--explain", is_flag=True, help="Say why each stands where it stands.")
@root_option
def nearest(
    as_json: bool,
    need: str,
    citizenship: str | None,
    language: str,
    lat: float | None,
    lon: float | None,
    city: str | None,
    country: str | None,
    at: datetime | None,
    explain: bool,
    root: Path | None,
) -> None:
    """Show the help points that serve a need best, the best first: at most five.

    Consular districts and regions come before distance. Coordinates are used and not kept.
    """
    if (lat is None) != (lon is None):
        raise click.UsageError("--lat and --lon stand together")
    if city and lat is not None:
        raise click.UsageError("give either --city or --lat and --lon")
    catalogue = open_catalogue(root)
    needs = {one for point in catalogue.points.values() for one in point.needs} | HIDDEN
    if need not in needs:
        raise click.UsageError(f'no help point helps with "{need}"; use one of {", ".join(sorted(needs))}')
    place = _place(gazetteer(catalogue.places), city, lat, lon, country or "")
    wanted = Wanted(
        need=need,
        citizenship=citizenship or "",
        language=language,
        country=country or (place.country if place else ""),
        region=place.region if place and country in {None, place.country} else "",
        latitude=lat if lat is not None else place.latitude if place else None,
        longitude=lon if lon is not None else place.longitude if place else None,
    )
    found = rank(Directory(catalogue.points.values()), wanted, _moment(at, place), catalogue.calendars)
    if as_json:
        records = [_record(one, language, explain=explain) for one in found.found]
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    if wanted.region and not found.near:
        click.echo("Рядом такой помощи нет.")
    for number, one in enumerate(found.found, 1):
        click.echo(f"{number}. {_line(one, language)}")
        if explain:
            click.echo(f"   {_why(one)}")
    if not found.found:
        click.echo("Ничего не найдено.")


def _place(known: Gazetteer, city: str | None, lat: float | None, lon: float | None, country: str) -> Place | None:
    if lat is not None and lon is not None:
        return known.nearest(lat, lon)
    if not city:
        return None
    found = known.find(city, country=country)
    if found.place is not None:
        return found.place
    others = "; ".join(known.label(choice, SOURCE) for choice in found.choices)
    raise click.UsageError(
        f'"{city}" may be: {others}' if others else f'there is no place "{city}"; write it otherwise'
    )


def _moment(at: datetime | None, place: Place | None) -> datetime:
    if at is None:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(place.timezone if place else "Europe/Moscow"))


def _record(one: Ranked, language: str, *, explain: bool) -> dict[str, Any]:
    point = one.point
    record: dict[str, Any] = {
        "id": point.key,
        "name": point.name.plain(language),
        "kind": point.kind,
        "country": point.country,
        "phones": list(one.phones),
        "instead": {"id": one.instead.key, "phones": list(one.instead.phones)} if one.instead else None,
        "kilometres": None if one.kilometres is None else round(one.kilometres, 1),
        "open": one.opening.state,
        "changes": one.opening.changes.isoformat() if one.opening.changes else None,
        "doubtful": point.doubtful,
        "verified_on": point.verified_on.isoformat() if point.verified_on else None,
        "reasons": [reason.code for reason in one.reasons],
    }
    if explain:
        record["explained"] = [{"code": reason.code, "value": reason.value} for reason in one.reasons]
    return record


def _line(one: Ranked, language: str) -> str:
    phones = ", ".join(one.phones)
    if one.instead is not None:
        other = f"{one.instead.name.plain(language)}: {', '.join(one.instead.phones)}"
        phones = f"{phones} (не проверено); {other}" if phones else f"телефона нет; {other}"
    return f"{one.point.name.plain(language)}: {phones}"


def _why(one: Ranked) -> str:
    return ", ".join(f"{reason.code}={reason.value}" if reason.value else reason.code for reason in one.reasons)
