"""Draws the console's pages."""

from collections.abc import Mapping
from typing import Final

from jinja2 import Environment, PackageLoader
from starlette.responses import HTMLResponse

from bot.web.console import words

#: What a page that only says something is called.
MESSAGE: Final = "message.html"


class Drawing:
    """``assets``: the addresses of the files that pages load, by name."""

    def __init__(self, assets: Mapping[str, str]) -> None:
        self._templates = Environment(
            loader=PackageLoader("bot.web", "templates/console"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(assets=assets, words=words)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(values), status)
