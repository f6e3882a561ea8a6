"""Names of places for the catalogue, out of the files of ``content/places/``."""

from bot.catalogue import shapes
from bot.catalogue.draft import Entry
from bot.catalogue.words import PlaceNames


def build_place(entry: Entry[shapes.PlaceNames]) -> PlaceNames:
    shape = entry.shape
    names = {"ru": shape.ru, "uz": shape.uz, "uz_Cyrl": shape.uz_cyrl, "tg": shape.tg, "ky": shape.ky}
    return PlaceNames(
        id=entry.key,
        names={language: name for language, name in names.items() if name is not None},
        also=(*shape.also, *shape.shared),
        shared=shape.shared,
        within=shape.within or "",
        latitude=shape.lat,
        longitude=shape.lon,
        at=entry.document.key_at(*entry.way),
    )
