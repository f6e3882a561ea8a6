"""The API under /api/v1: other systems draft alerts, read them, and count segments. Nothing here lets an alert out."""

from bot.web.api.document import document
from bot.web.api.doors import DOORS, PREFIX, Api
from bot.web.api.tokens import LONGEST_DAYS, SCOPES, new_token

__all__ = ["DOORS", "LONGEST_DAYS", "PREFIX", "SCOPES", "Api", "document", "new_token"]
