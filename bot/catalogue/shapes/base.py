"""What all shapes share: every value arrives as the string that was typed, and becomes what the shape asks for."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError


class Shape(BaseModel):
    """A mapping with known keys. Unknown ones are put into the validation's context, a list of (mapping, known)."""

    # what reads them is made when the first file is read: a catalogue out of the cache needs none
    model_config = ConfigDict(frozen=True, defer_build=True, json_schema_extra={"additionalProperties": False})

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(data, dict) and info.context is not None:
            known = [field.alias or name for name, field in cls.model_fields.items()]
            if not data.keys() <= set(known):
                info.context.append((data, known))
        return data


def bad_value(what: str, remedy: str) -> PydanticCustomError:
    """An error of a value, in our own words."""
    return PydanticCustomError("bad-value", "{what}; {remedy}", {"what": what, "remedy": remedy})


def _flag(value: Any) -> Any:
    if not isinstance(value, str) or value not in {"true", "false"}:
        raise bad_value(f"{_shown(value)} is neither true nor false", "write true, or remove the line")
    return value == "true"


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", value, re.ASCII):
        raise bad_value(f"{_shown(value)} is not a number", "write digits alone, as 8900 or 0.5")
    return float(value) if "." in value else int(value)


def _day(value: Any) -> Any:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise bad_value(f"{_shown(value)} is not a date", "write it as 2026-03-05")


#: What a YAML value is called in a finding.
KIND_NAMES: Final = {str: "a text", list: "a list", dict: "a mapping", type(None): "nothing"}
_UNITS: Final = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_SPAN = re.compile(rf"([+-]?)(\d{{1,5}}) ({'|'.join(_UNITS)})s?", re.ASCII)


def span(value: str) -> timedelta | None:
    """``2 days``, ``-400 days``, ``+1 year``; None when it is something else. A month is 30 days, a year 365."""
    found = _SPAN.fullmatch(value)
    if found is None:
        return None
    return timedelta(days=int(found[2]) * _UNITS[found[3]]) * (-1 if found[1] == "-" else 1)


def _span(value: Any) -> Any:
    found = span(value) if isinstance(value, str) else None
    if found is None or found <= timedelta(0):
        raise bad_value(f"{_shown(value)} is not a length of time", "write it as 2 days or 3 hours")
    return found


def _shown(value: Any) -> str:
    return f'"{value[:40]}"' if isinstance(value, str) else KIND_NAMES.get(type(value), "nothing")


def by_kind(value: Any) -> str:
    """Tag of a union's branch. In angle brackets, so that it is no key of the file."""
    return "<text>" if isinstance(value, str) else "<list>" if isinstance(value, list) else "<mapping>"


BY_KIND: Final = Discriminator(by_kind)

Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Number = Annotated[float, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Span = Annotated[timedelta, BeforeValidator(_span), WithJsonSchema({"type": "string", "examples": ["2 days"]})]
#: A text that a person reads, and any other words.
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
#: Flows, articles, nodes, phrases.
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
ChoiceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
FactKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
#: ``article:ID`` or ``flow:ID``.
Target = Annotated[str, StringConstraints(pattern=r"^(article|flow):[a-z0-9-]{1,64}$")]
Slot = Annotated[str, StringConstraints(pattern=r"^(profile|answers)\.[a-z][a-z0-9_]{0,63}$")]
Answer = Annotated[str, StringConstraints(pattern=r"^answers\.[a-z][a-z0-9_]{0,63}$")]
When = Annotated[str, StringConstraints(min_length=1, max_length=500)]
