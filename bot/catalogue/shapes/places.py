"""The shape of ``content/places/``: what people call the places of the table, and places that it lacks."""

from typing import Annotated

from pydantic import Field, RootModel, StringConstraints, model_validator

from bot.catalogue.shapes.base import Number, Shape, Words, bad_value

PlaceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,64}$")]


class PlaceNames(Shape):
    """A place by its id."""

    ru: Words | None = Field(default=None, description="The name that is shown, where that of the table is wrong.")
    uz: Words | None = Field(default=None, description="In Uzbek, where it differs from the Russian name.")
    uz_cyrl: Words | None = Field(default=None, alias="uz_Cyrl", description="Where the rule makes it wrong.")
    tg: Words | None = Field(default=None, description="In Tajik, where it differs from the Russian name.")
    ky: Words | None = Field(default=None, description="In Kyrgyz, where it differs from the Russian name.")
    also: tuple[Words, ...] = Field(default=(), description="What else people type for it.")
    shared: tuple[Words, ...] = Field(default=(), description="The same, where it means other places too.")
    within: PlaceId | None = Field(
        default=None, description="Of a place that the table lacks: its city, else its region."
    )
    lat: Number | None = None
    lon: Number | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> "PlaceNames":
        given = [one is not None for one in (self.within, self.lat, self.lon)]
        if any(given) and not all([*given, self.ru]):
            remedy = "write all four for a new place, and none of within, lat, lon for one of the table"
            raise bad_value("ru, within, lat and lon stand together", remedy)
        return self


class Places(RootModel[dict[PlaceId, PlaceNames]]):
    """Places by id."""
