"""A tab in which somebody works in the console."""

from pathlib import Path

from playwright.async_api import expect

from tests.browser.tab import Tab
from tests.web.console.staffing import PASSWORD, Person

#: The page looks every 4 seconds, and the machine may be busy.
expect.set_options(timeout=20_000)


class Desk:
    """A caseworker's tab."""

    def __init__(self, shown: Tab) -> None:
        self.tab = shown
        self.page = shown.page
        self.draft = shown.page.locator("#answer textarea")
        self.state = shown.page.locator("#state")

    async def signs_in(self, who: Person) -> None:
        await self.page.goto(f"{self.tab.url}/console")
        await self.page.get_by_label("Имя").fill(who.handle)
        await self.page.get_by_label("Пароль").fill(PASSWORD)
        await self.page.get_by_role("button", name="Дальше").click()
        await self.page.get_by_label("Шесть цифр").fill(who.code())
        await self.page.get_by_role("button", name="Войти").click()
        await self.page.get_by_role("link", name=who.handle).wait_for()

    async def opens(self, ticket: str) -> None:
        await self.page.goto(f"{self.tab.url}/console/tickets/{ticket}")

    async def sends(self, text: str = "") -> None:
        if text:
            await self.draft.fill(text)
        await self.page.get_by_role("button", name="Отправить").click()

    async def shows(self, text: str, times: int = 1) -> None:
        await expect(self.page.locator(".lines .text", has_text=text)).to_have_count(times)

    async def fits(self, picture: Path) -> None:
        """Nothing is wider than the screen, and what a finger presses is 44 pixels high."""
        size = self.page.viewport_size
        assert size is not None
        await self.page.wait_for_load_state()
        assert await self.tab.runs("document.documentElement.scrollWidth") <= size["width"], picture.name
        assert await self.tab.runs(_SMALL) == [], picture.name
        await self.page.screenshot(path=picture, full_page=True)


_SMALL = """
[...document.querySelectorAll('button, a.button, input:not([type=hidden], [type=checkbox], [type=radio]), textarea,'
    + ' select, label.check, summary')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)
"""
