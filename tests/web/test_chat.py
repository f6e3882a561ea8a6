"""The web chat's protocol: taken once, shown until acknowledged, whatever the line does (THREATS T21, T23, F22)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from bot.store import StoreClosed
from bot.text import LANGUAGES
from bot.web.pages import plain
from tests.web.serving import Page, Site, catalogue, keys, site, texts, token

RUSSIAN = token("option", "language", "choose", "ru")


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


@pytest.fixture
async def page(safar: Site) -> AsyncIterator[Page]:
    async with Page(safar) as opened:
        yield opened


def cookie(page: Page) -> str:
    return next(iter(page.http.cookie_jar)).value


async def test_a_new_person_gets_a_cookie_and_the_first_question(page: Page) -> None:
    answer = await page.opens()

    assert len(cookie(page)) == 43
    assert [label for _, label in answer["rows"][-1]["choices"]][:5] == [
        language.own_name for language in LANGUAGES.values()
    ]


async def test_the_same_body_a_hundred_times_is_one_turn(safar: Site, page: Page) -> None:
    await page.opens()
    body = page.body(kind="choice", choice=RUSSIAN)

    answers = [(await page.post(body))[1] for _ in range(100)]

    assert len({tuple(keys(answer)) for answer in answers}) == 1
    assert await safar.pending() == len(answers[0]["rows"])


async def test_replies_come_again_until_they_are_acknowledged(safar: Site, page: Page) -> None:
    first = await page.opens()
    page.acks = []  # the answer was lost on its way

    again = await page.waits()
    await page.taps(RUSSIAN)

    assert keys(again) == keys(first)
    assert await safar.pending() == 1


async def test_a_page_that_was_closed_before_it_showed_anything_shows_it_when_opened_again(page: Page) -> None:
    lost = await page.opens()
    page.acks = []

    reopened = await page.opens()

    assert keys(reopened)[: len(lost["rows"])] == keys(lost)


async def test_one_page_cannot_acknowledge_for_another(safar: Site, page: Page) -> None:
    lost = await page.opens()
    async with Page(safar) as other:
        await other.opens()
        other.acks = keys(lost)
        await other.taps(RUSSIAN)

    page.acks = []
    assert keys(await page.waits()) == keys(lost)


async def test_waiting_ends_when_something_comes(safar: Site, page: Page) -> None:
    await page.opens()
    waiting = asyncio.create_task(page.waits())
    await asyncio.sleep(0.1)
    assert not waiting.done()

    await safar.remind(cookie(page))
    answer = await asyncio.wait_for(waiting, 5)

    assert len(answer["rows"]) == 1


async def test_an_event_ends_the_waiting_of_its_own_page(page: Page) -> None:
    await page.opens()
    waiting = asyncio.create_task(page.post(page.body()))
    await asyncio.sleep(0.05)

    await page.taps(RUSSIAN)
    status, answer = await asyncio.wait_for(waiting, 5)

    assert (status, answer) == (200, {"rows": []})


async def test_of_two_waiting_pages_of_one_person_the_older_is_sent_away_for_a_while(page: Page) -> None:
    await page.opens()
    older = asyncio.create_task(page.post(page.body()))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(page.post(page.body()))

    _, answer = await asyncio.wait_for(older, 5)

    assert answer["pause"] >= 10
    newer.cancel()


async def test_a_page_that_lost_its_cookie_gets_one_before_anything_is_taken(safar: Site, page: Page) -> None:
    body = page.body(kind="text", text="зарплата")

    first, _ = await page.post(body)
    second, answer = await page.post(body)

    assert (first, second) == (401, 200)
    assert answer["rows"]
    assert await safar.pending() == len(answer["rows"])


async def test_the_page_changes_its_words_with_the_language_of_the_replies(page: Page) -> None:
    await page.opens()

    kyrgyz = await page.taps(token("option", "language", "choose", "ky"))
    _, same = await page.post({**page.body(kind="text", text="меню"), "language": "ky"})

    assert kyrgyz["labels"]["lang"] == "ky"
    assert set(kyrgyz["labels"]) >= {"send", "leave", "placeholder", "offline", "reconnecting"}
    assert "labels" not in same


@pytest.mark.parametrize("word", ["000", "спрятать"])
async def test_hiding_clears_the_page_and_what_it_had_not_shown_yet(safar: Site, page: Page, word: str) -> None:
    await page.opens()
    await page.taps(RUSSIAN)
    page.acks = []

    hidden = await page.says(word)
    after = await page.post({**page.body(kind="choice", choice=token("command", "menu")), "ack": keys(hidden)})

    assert hidden["clear"] is True
    assert hidden["rows"]
    assert "clear" not in after[1]
    assert await safar.pending() == len(after[1]["rows"])


async def about_to_delete(page: Page) -> dict[str, Any]:
    """Opens the page, says the word; the body that says yes to it."""
    await page.opens()
    await page.taps(RUSSIAN)
    asked = await page.says("удалить")
    return page.body(kind="choice", choice=asked["rows"][-1]["choices"][0][0])


async def test_deleting_clears_the_page_and_makes_a_stranger_of_it(safar: Site, page: Page) -> None:
    yes = await about_to_delete(page)
    before = cookie(page)

    _, answer = await page.post(yes)

    assert answer["clear"] is True
    assert texts(answer)
    assert cookie(page) != before
    assert await safar.pending() == 0


async def test_a_deletion_whose_answer_was_lost_is_told_again(safar: Site, page: Page) -> None:
    yes = await about_to_delete(page)
    before = cookie(page)
    await page.post(yes)
    page.http.cookie_jar.update_cookies({"safar": before}, URL(safar.url))

    _, again = await page.post(yes)

    assert again["clear"] is True
    assert texts(again) == plain(catalogue().phrases["erased"], "ru")
    assert cookie(page) != before
    assert await safar.pending() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data"}, 415),
    ],
)
async def test_another_site_changes_nothing(safar: Site, page: Page, headers: dict[str, str], status: int) -> None:
    refused, _ = await page.post(page.body(kind="resume"), **headers)

    assert refused == status
    assert await safar.pending() == 0


async def test_our_own_page_is_heard(safar: Site, page: Page) -> None:
    status, _ = await page.post(page.body(kind="resume"), origin=safar.url, **{"sec-fetch-site": "same-origin"})

    assert status == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{}garbage", 400),
        (b"[" * 60_000, 400),
        (b'{"id":"x","event":{"kind":"resume"}}', 400),
        (b'{"event":{"kind":"text","text":"' + b"a" * 70_000 + b'"}}', 413),
    ],
)
async def test_a_body_that_is_none_of_the_pages_is_refused(
    safar: Site, page: Page, content: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}
    async with page.http.post(f"{safar.url}/chat", data=content, headers=headers) as response:
        assert response.status == status
        assert await response.read() == b""


async def test_without_the_store_nothing_is_acknowledged(safar: Site, page: Page) -> None:
    await safar.store.close()

    status, _ = await page.post(page.body(kind="resume"))

    assert status == 503
    with pytest.raises(StoreClosed):
        await safar.store.unsent(["web"], 1)


async def test_leaving_quickly_forgets_the_session_in_this_browser(safar: Site, page: Page) -> None:
    await page.opens()
    async with page.http.post(f"{safar.url}/leave", headers={"origin": "null"}) as response:
        assert response.status == 204

    assert not list(page.http.cookie_jar)


async def test_behind_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    async with site(tmp_path, public_url="https://chat.example.org") as safar, Page(safar) as page:
        headers = {"host": "chat.example.org", "origin": "https://chat.example.org"}
        async with page.http.post(f"{safar.url}/chat", json=page.body(kind="resume"), headers=headers) as response:
            written = response.headers["set-cookie"]

    assert response.status == 200
    assert written.startswith("__Host-safar=")
    assert written.endswith("; Path=/; HttpOnly; SameSite=Strict; Secure")


async def test_a_long_answer_is_packed(safar: Site, page: Page) -> None:
    await page.opens()
    await page.taps(RUSSIAN)
    body = page.body(kind="choice", choice=token("article", "wages-unpaid"))
    async with page.http.post(f"{safar.url}/chat", json=body) as response:
        assert response.headers["content-encoding"] == "gzip"
        assert (await response.json())["rows"]
