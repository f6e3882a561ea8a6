"""The staff console: server-rendered pages under /console, in Russian, usable on a phone (DESIGN 9)."""

from bot.web.console.doors import DOORS, routes

__all__ = ["DOORS", "routes"]
