"""The shape of ``content/calendars/<country>.yaml``: which days are worked."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema, model_validator

from bot.catalogue.shapes.base import Day, Shape, Words, bad_value
from bot.catalogue.shapes.content import Page

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Year = Annotated[str, StringConstraints(pattern=r"^20\d\d$"), WithJsonSchema({"type": "integer"})]


class Calendar(Shape):
    """The working days of a country. Days are written as 2026-01-01: the reason."""

    valid_years: list[Year] = Field(min_length=1, description="Years of which every day off is known.")
    weekend: list[Weekday] = Field(min_length=1)
    holidays: dict[Day, Words] = Field(default={}, description="Days off by law, and those that stand in for them.")
    moved_off: dict[Day, Words] = Field(default={}, description="Days off by decree.")
    worked: dict[Day, Words] = Field(default={}, description="Days of a weekend that are worked by decree.")
    expected: dict[Day, Words] = Field(default={}, description="Holidays whose day is not announced yet.")
    source: Page
    checked_on: Day

    @model_validator(mode="after")
    def _within_its_years(self) -> "Calendar":
        seen: set[object] = set()
        for day in (*self.holidays, *self.moved_off, *self.worked, *self.expected):
            if str(day.year) not in self.valid_years:
                raise bad_value(f"{day} is in none of the valid_years", "add its year when all its days are known")
            if day in seen:
                raise bad_value(f"{day} is here twice", "keep one of the two")
            seen.add(day)
        return self
