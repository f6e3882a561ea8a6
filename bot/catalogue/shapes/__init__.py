"""The shapes of the YAML files, as pydantic models: one row for each kind of file."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from bot.catalogue.shapes.calendar import Calendar
from bot.catalogue.shapes.content import (
    Article,
    Examples,
    Fact,
    Facts,
    Glossary,
    Lures,
    Needs,
    Phrases,
    Served,
    Template,
    Term,
    WordLists,
)
from bot.catalogue.shapes.deadlines import DeadlineRule, Deadlines
from bot.catalogue.shapes.flow import NODE_KINDS, Flow
from bot.catalogue.shapes.organisations import Organisation, Organisations
from bot.catalogue.shapes.places import PlaceNames, Places
from bot.catalogue.shapes.points import Asking, HelpPoint, HelpPoints
from bot.catalogue.shapes.transcript import Transcript

__all__ = [
    "NODE_KINDS",
    "SHAPES",
    "Article",
    "Asking",
    "Calendar",
    "DeadlineRule",
    "Deadlines",
    "Examples",
    "Fact",
    "Facts",
    "Flow",
    "Glossary",
    "HelpPoint",
    "HelpPoints",
    "Lures",
    "Needs",
    "Organisation",
    "Organisations",
    "Phrases",
    "PlaceNames",
    "Places",
    "Served",
    "Template",
    "Term",
    "Transcript",
    "WordLists",
]

#: Name of the JSON Schema (``docs/schema/<name>.json``) -> the shape.
SHAPES: Final[Mapping[str, type[BaseModel]]] = {
    "flow": Flow,
    "transcript": Transcript,
    "article": Article,
    "facts": Facts,
    "help_points": HelpPoints,
    "asking": Asking,
    "organisations": Organisations,
    "places": Places,
    "deadlines": Deadlines,
    "calendar": Calendar,
    "glossary": Glossary,
    "phrases": Phrases,
    "words": WordLists,
    "lures": Lures,
    "examples": Examples,
    "needs": Needs,
    "template": Template,
}
