"""A tab of the browser, driven by what a person sees: labels and words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Locator, Page

from bot.text import LANGUAGES
from tests.web.serving import LEAVE_URL, catalogue

WEATHER = "<!doctype html><title>Weather</title><p>Sunny"


def label(key: str, language: str = "ru") -> str:
    """A phrase, or with ``flow.node.option`` the label of a choice (an id or a target)."""
    whole = catalogue()
    if key in whole.phrases:
        text = whole.phrases[key]
    else:
        flow, node, wanted = key.split(".")
        options = whole.flows[flow].nodes[node].options  # type: ignore[union-attr]
        [text] = [option.label for option in options if wanted in (option.id, option.target)]
    return "".join(getattr(part, "text", "") for part in text.forms[language].parts)


class Tab:
    """``faults`` collects what must never happen: errors, CSP reports, dialogs, requests to others."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.faults.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        self.requests.append(url)
        if urlsplit(url).netloc not in (urlsplit(self.url).netloc, urlsplit(LEAVE_URL).netloc):
            self.faults.append(f"request to {url}")

    @property
    def choices(self) -> Locator:
        return self.page.locator(".choices button")

    async def opens(self, path: str = "/") -> None:
        await self.page.goto(self.url + path)
        await self.choices.first.wait_for()

    async def taps(self, name: str) -> None:
        """The first choice of this name; returns when its answer is there."""
        before = await self.replies()
        await self.choices.and_(self.page.get_by_role("button", name=name, exact=True)).first.click()
        await self.answered(before)

    async def types(self, text: str) -> None:
        before = await self.replies()
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")
        await self.answered(before)

    async def replies(self) -> int:
        return await self.page.locator(".theirs").count()

    async def answered(self, before: int) -> None:
        await self.page.wait_for_function(
            "before => document.querySelectorAll('.theirs').length > before && !document.querySelector('.waiting')",
            arg=before,
        )

    async def texts(self, selector: str) -> list[str]:
        return await self.page.locator(selector).all_text_contents()

    async def runs(self, script: str) -> Any:
        return await self.page.evaluate(script)

    async def reaches_menu(self, language: str = "ru") -> None:
        """From the first page, opened unless it is, to the menu, as a Kyrgyz citizen in Russia who wants no alerts."""
        if self.page.url == "about:blank":
            await self.opens()
        await self.taps(LANGUAGES[language].own_name)
        await self.taps(label("about-you.citizenship.KG", language))
        await self.taps(label("about-you.where.RU", language))
        await self.taps(label("start.alerts.no", language))


@asynccontextmanager
async def tab(browser: Browser, url: str, **options: Any) -> AsyncIterator[Tab]:
    phone = {
        "viewport": {"width": 360, "height": 740},
        "has_touch": True,
        "is_mobile": True,
        "locale": "ru-RU",
        "reduced_motion": "reduce",
    }
    context = await browser.new_context(**{**phone, "reduced_motion": "reduce", **options})
    await context.route(LEAVE_URL, lambda route: route.fulfill(body=WEATHER, content_type="text/html"))
    opened = Tab(await context.new_page(), url)
    yield opened
    await context.close()
    assert opened.faults == []
