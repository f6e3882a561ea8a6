"""A tab in which somebody works in the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import expect

from bot.web.session import new_secret
from tests.browser.tab import Tab
from tests.web.console.staffing import PASSWORD, Person

#: Milliseconds.
LOOKS_EVERY = 4_000
#: The machine may be busy.
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

    async def is_signed_in(self, who: Person) -> None:
        """Without the screens, where they are not what is tested."""
        staff, secret = who.site.store.staff, new_secret()
        account = await staff.account(who.handle)
        assert account is not None
        await staff.begin(account.id, "full", secret.encode())
        await self.page.context.add_cookies([{"name": "safar-staff", "value": secret, "url": self.tab.url}])
        await self.page.goto(f"{self.tab.url}/console")

    async def waits(self) -> None:
        """So long that the page looks for news, or tries again."""
        await self.page.clock.fast_forward(LOOKS_EVERY)

    async def opens(self, ticket: str) -> None:
        await self.page.goto(f"{self.tab.url}/console/tickets/{ticket}")

    async def sends(self, text: str = "") -> None:
        if text:
            await self.draft.fill(text)
        await self.page.get_by_role("button", name="Отправить").click()

    async def shows(self, text: str, times: int = 1) -> None:
        await expect(self.page.locator(".lines .text", has_text=text)).to_have_count(times)

    async def shows_all(self, texts: list[str]) -> None:
        """These, to the letter, and no others."""
        await expect(self.page.locator(".lines .text")).to_have_count(len(texts))
        assert await self.tab.texts(".lines .text") == texts

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


@asynccontextmanager
async def another_page(desk: Desk) -> AsyncIterator[Desk]:
    """Of the same browser."""
    opened = Desk(Tab(await desk.page.context.new_page(), desk.tab.url))
    yield opened
    await opened.page.close()
    assert opened.tab.faults == []
