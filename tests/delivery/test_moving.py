"""From one chat to another by a typed code (THREATS T24): one profile, both sides told, no history."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.delivery.moving import move_code, new_code
from tests.web.serving import Page, Site, site, texts, token

CODE = re.compile(r"\d{4} \d{4} \d{4} \d")


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


async def known(page: Page) -> None:
    """Somebody who speaks Russian and comes from Tajikistan."""
    await page.opens()
    for choice in ("1", "2", "2"):
        await page.says(choice)


async def code(page: Page) -> str:
    await page.taps(token("flow", "move"))
    found = CODE.search(texts(await page.says("1")))
    assert found
    return found[0]


async def test_a_code_brings_the_person_over_and_both_chats_are_told(safar: Site) -> None:
    async with Page(safar) as old, Page(safar) as new:
        await known(old)
        typed = await code(old)
        await new.opens()
        here = texts(await new.says(typed))
        assert "Готово. Теперь Safar помнит вас здесь" in here
        assert "Чем помочь?" in here
        assert "перешёл в другой чат" in texts(await old.waits())
        assert "Выберите язык" in texts(await old.says("привет"))


@pytest.mark.parametrize("shape", ["{}", "код {}", "{}-"])
async def test_a_code_is_read_with_spaces_and_dashes_and_in_no_sentence(safar: Site, shape: str) -> None:
    async with Page(safar) as old, Page(safar) as new:
        await known(old)
        typed = shape.format((await code(old)).replace(" ", "-"))
        await new.opens()
        assert ("Готово" in texts(await new.says(typed))) == (shape != "код {}")


async def test_a_repeated_update_tells_the_same(safar: Site) -> None:
    """F2: the process died between the move and the answer; the messenger repeats the message with the code."""
    async with Page(safar) as old, Page(safar) as new:
        await known(old)
        typed = await code(old)
        await new.opens()
        body = new.body(kind="text", text=typed)
        first, second = await new.post(body), await new.post(body)
        assert texts(first[1]) == texts(second[1])
        assert "Готово" in texts(first[1])


async def test_after_five_tries_in_ten_minutes_even_the_right_code_is_not_looked_at(safar: Site) -> None:
    async with Page(safar) as old, Page(safar) as guesser, Page(safar) as honest:
        await known(old)
        right = await code(old)
        await guesser.opens()
        for number in range(5):
            await guesser.says(f"{number:013}")
        assert "Готово" not in texts(await guesser.says(right))
        await honest.opens()
        assert "Готово" in texts(await honest.says(right))


async def test_two_chats_at_once_and_one_of_them_gets_the_person(safar: Site) -> None:
    async with Page(safar) as old, Page(safar) as one, Page(safar) as two:
        await known(old)
        typed = await code(old)
        await one.opens()
        await two.opens()
        said = [texts(answer) for answer in await asyncio.gather(one.says(typed), two.says(typed))]
        assert sum("Готово" in text for text in said) == 1


def test_a_code_has_forty_bits_and_only_a_whole_message_is_one() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(move_code(code) == code for code in codes)
    assert 10**13 > 2**40
    assert move_code("4711 2093 5582 1") == move_code("4711-2093-5582-1") == "4711209355821"
    assert [move_code(text) for text in ("", "471120935582", "47112093558211", "+998 90 123 45 67", "1" * 4000)] == [
        ""
    ] * 5
