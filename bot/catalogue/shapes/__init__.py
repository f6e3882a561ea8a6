"""The shapes of the YAML files, as pydantic models: one row for each kind of file."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from bot.catalogue.shapes.content import Article, Fact, Facts, Glossary, HelpPoint, HelpPoints, Phrases, Term, WordLists
from bot.catalogue.shapes.flow import NODE_KINDS, Flow
from bot.catalogue.shapes.transcript import Transcript

__all__ = [
    "NODE_KINDS",
    "SHAPES",
    "Article",
    "Fact",
    "Facts",
    "Flow",
    "Glossary",
    "HelpPoint",
    "HelpPoints",
    "Phrases",
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
    "glossary": Glossary,
    "phrases": Phrases,
    "words": WordLists,
}
