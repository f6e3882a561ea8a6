"""Where people are, and what is near them. Pure: no I/O, no clock, no random numbers."""

from bot.places.cards import HIDDEN, Card, card
from bot.places.checking import check_places
from bot.places.directory import Directory
from bot.places.distance import kilometres
from bot.places.gazetteer import Found, Gazetteer, gazetteer
from bot.places.hours import Opening, opening
from bot.places.model import Country, Place, Region
from bot.places.question import Nearest, Ranked, Reason, Wanted
from bot.places.ranking import MOST, described, nearest

__all__ = [
    "HIDDEN",
    "MOST",
    "Card",
    "Country",
    "Directory",
    "Found",
    "Gazetteer",
    "Nearest",
    "Opening",
    "Place",
    "Ranked",
    "Reason",
    "Region",
    "Wanted",
    "card",
    "check_places",
    "described",
    "gazetteer",
    "kilometres",
    "nearest",
    "opening",
]
