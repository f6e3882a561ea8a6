"""Free text to the article that answers it, or to nothing: no generated law. Pure."""

from bot.answers.index import Index, Match

__all__ = ["Index", "Match"]
