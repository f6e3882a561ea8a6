"""Where people are, and what is near them. Pure: no I/O, no clock, no random numbers."""

from bot.places.checking import check_places
from bot.places.distance import kilometres
from bot.places.gazetteer import Found, Gazetteer, gazetteer
from bot.places.model import Country, Place, Region

__all__ = ["Country", "Found", "Gazetteer", "Place", "Region", "check_places", "gazetteer", "kilometres"]
