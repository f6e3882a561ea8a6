"""Help points as services of the Human Services Data Specification, https://docs.openreferral.org/en/3.0/ (read
2026-11-28): what 211 services exchange. A page of services, as its API lists them.

What the specification has no field for stands in ``attributes`` of the type ``safar``, so that nothing is lost.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from bot.catalogue.shapes.points import HOURS
from bot.places.exchange.records import BadFile, Read, Record, cells_of, decode, limited, record_from

_OURS: Final = "safar"
_STATUS: Final = {"active": "active", "unknown": "inactive", "closed": "defunct", "undesirable": "defunct"}
#: Cells that the specification has a field for; those that it cannot give back as they were are attributes too.
_FIELDS: Final = frozenset(
    {"name", "website", "email", "phones", "hours", "languages", "verified_on", "address", "lat", "lon"}
)


def write_hsds(records: list[Record]) -> str:
    services = [_service(cells_of(record), record) for record in records]
    page = {
        "total_items": len(services),
        "total_pages": 1,
        "page_number": 1,
        "size": len(services),
        "first_page": True,
        "last_page": True,
        "empty": not services,
        "contents": services,
    }
    return msgspec.json.format(msgspec.json.encode(page), indent=2).decode() + "\n"


def _id(*names: str) -> str:
    """The same for the same point every time."""
    return str(uuid5(NAMESPACE_URL, "/".join((_OURS, *names))))


def _service(cells: Mapping[str, str], record: Record) -> dict[str, Any]:
    key = record["id"]
    service: dict[str, Any] = {
        "id": _id(key),
        "name": record["name"],
        "status": _STATUS[record["status"]],
        "organization": {"id": _id(key, "organization"), "name": record["name"], "description": record["name"]},
        "phones": [
            {"id": _id(key, "phone", number), "number": number, "type": "voice"} for number in record.get("phones", ())
        ],
        "languages": [
            {"id": _id(key, "language", code), "name": code, "code": code} for code in record.get("languages", ())
        ],
        "attributes": [
            {
                "id": _id(key, "attribute", label),
                "link_id": _id(key),
                "link_entity": "service",
                "link_type": _OURS,
                "label": label,
                "value": value,
            }
            for label, value in cells.items()
            if label not in _FIELDS
        ],
    }
    given = {
        "url": record.get("website"),
        "email": record.get("email"),
        "assured_date": record.get("verified_on"),
        "eligibility_description": record.get("service_area"),
        "fees_description": record["cost"],
    }
    service |= {name: value for name, value in given.items() if value}
    if "hours" in record:
        service["schedules"] = [{"id": _id(key, "schedule"), "description": record["hours"]}]
    if "city" in record:
        service["service_at_locations"] = [{"id": _id(key, "at"), "location": _location(key, record)}]
    return service


def _location(key: str, record: Record) -> dict[str, Any]:
    city = record["city"]["ru"]
    location: dict[str, Any] = {"id": _id(key, "location"), "location_type": "physical", "name": city}
    if "lat" in record:
        location |= {"latitude": float(record["lat"]), "longitude": float(record["lon"])}
    if "address" in record:
        location["addresses"] = [
            {
                "id": _id(key, "address"),
                "address_1": record["address"],
                "city": city,
                "state_province": "",
                "postal_code": "",
                "country": record["country"],
                "address_type": "physical",
            }
        ]
    return location


def read_hsds(text: str) -> list[Read]:
    """A page of services, a list of them, or one. Raises ``BadFile``."""
    document = decode(text)
    if isinstance(document, dict):
        document = document.get("contents", document.get("services", [document] if "name" in document else None))
    if not isinstance(document, list):
        raise BadFile("these are no services of HSDS 3; export a page of /services with everything in it")
    services = (service if isinstance(service, dict) else {} for service in document)
    return limited([Read(f"service {number}", _record(service)) for number, service in enumerate(services, 1)])


def _record(service: Mapping[str, Any]) -> Record:
    cells = {
        str(attribute.get("label")): str(attribute.get("value"))
        for attribute in _members(service, "attributes")
        if attribute.get("link_type") == _OURS
    }
    cells.setdefault("id", str(service.get("id", "")))
    cells.setdefault("cost", "unknown")
    cells |= {cell: text for cell, text in _standard(service) if text}
    return record_from(cells)


def _standard(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for cell, name in (("name", "name"), ("website", "url"), ("email", "email"), ("verified_on", "assured_date")):
        yield cell, str(service.get(name) or "")
    yield "phones", "; ".join(str(phone.get("number") or "") for phone in _members(service, "phones"))
    yield (
        "languages",
        "; ".join(str(one.get("code") or one.get("name") or "") for one in _members(service, "languages")),
    )
    for schedule in _members(service, "schedules")[:1]:
        hours = str(schedule.get("description") or "")
        yield "hours", hours if re.search(HOURS, hours) else ""
    for at in _members(service, "service_at_locations")[:1]:
        location = at.get("location")
        if isinstance(location, dict):
            yield from _placed(location)


def _placed(location: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "lat", _number(location.get("latitude"))
    yield "lon", _number(location.get("longitude"))
    for address in _members(location, "addresses")[:1]:
        yield "address", str(address.get("address_1") or "")


def _number(value: Any) -> str:
    return (
        f"{value:g}"
        if isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        else str(value or "")
    )


def _members(of: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = of.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
