"""Help points as GeoJSON (RFC 7946): a feature each, without a place where the point has none."""

from typing import Any, Final

import msgspec

from bot.places.exchange.records import LISTS, BadFile, Read, Record, decode, limited

_PLACE: Final = ("lat", "lon")


def write_geojson(records: list[Record]) -> str:
    features = [_feature(record) for record in records]
    document = {"type": "FeatureCollection", "features": features}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _feature(record: Record) -> dict[str, Any]:
    placed = all(key in record for key in _PLACE)
    # Longitude first: RFC 7946, 3.1.1.
    geometry = {"type": "Point", "coordinates": [float(record["lon"]), float(record["lat"])]} if placed else None
    properties = {key: value for key, value in record.items() if key not in _PLACE}
    return {"type": "Feature", "id": record["id"], "geometry": geometry, "properties": properties}


def read_geojson(text: str) -> list[Read]:
    """Raises ``BadFile``."""
    document = decode(text)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadFile("this is no FeatureCollection; export the points as GeoJSON")
    return limited([Read(f"feature {number}", _record(feature)) for number, feature in enumerate(features, 1)])


def _record(feature: Any) -> Record:
    feature = feature if isinstance(feature, dict) else {}
    properties = feature.get("properties")
    record = {key: _plain(key, value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    geometry = feature.get("geometry")
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if isinstance(coordinates, list) and len(coordinates) > 1:
        record["lon"], record["lat"] = str(coordinates[0]), str(coordinates[1])
    return {key: value for key, value in record.items() if value is not None}


def _plain(key: str, value: Any) -> Any:
    """Numbers and flags as a YAML file would write them; the rest as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and key in LISTS:
        return [value]
    return str(value) if isinstance(value, int | float) else value
