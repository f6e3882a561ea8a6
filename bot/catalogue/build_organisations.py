"""Organisations of the catalogue out of ``content/organisations.yaml``."""

from datetime import timedelta

from bot.catalogue import shapes
from bot.catalogue.draft import Entry
from bot.catalogue.making import Gathered, Maker
from bot.catalogue.organisations import Organisation


def build_organisation(entry: Entry[shapes.Organisation], into: Gathered) -> Organisation:
    make = Maker(into=into, document=entry.document, owner=("organisation", entry.key), top=entry.way)
    key, shape = f"organisations.{entry.key}", entry.shape
    return Organisation(
        id=entry.key,
        name=make.text(f"{key}.name", shape.name, "name", kind="label"),
        who=make.text(f"{key}.who", shape.who, "who"),
        languages=tuple(shape.languages),
        needs=frozenset(shape.needs),
        countries=frozenset(shape.countries),
        regions=frozenset(shape.regions),
        hours=shape.hours,
        timezone=shape.timezone,
        answers_within=timedelta(hours=shape.answers_within_hours),
        urgent=shape.urgent,
        active=shape.status == "active",
        alerts_a_week=int(shape.alerts_a_week),
        at=entry.at(),
    )
