"""What processes tell each other."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store import Keys, PostgresUrl, open_store
from tests import postgres
from tests.store.backends import place


@pytest.fixture
def url(tmp_path: Path, keys: Keys) -> PostgresUrl:
    where = place("postgresql", tmp_path, keys)
    assert isinstance(where, PostgresUrl)
    return where


async def eventually(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        await asyncio.sleep(0.05)
    assert true()


async def test_what_one_tells_the_others_hear_once_and_itself_not(url: PostgresUrl, keys: Keys) -> None:
    one, two = await open_store(url, keys), await open_store(url, keys)
    mine, theirs = list[str](), list[str]()
    one.hear(mine.append)
    two.hear(theirs.append)
    await eventually(lambda: listening(url) == 2)
    for number in range(200):
        for _ in range(3):
            one.tell(f"outbox {number}")
    await eventually(lambda: len(theirs) == 200)
    assert theirs == [f"outbox {number}" for number in range(200)]
    assert mine == []
    await one.close()
    await two.close()


async def test_after_a_cut_they_hear_again(url: PostgresUrl, keys: Keys) -> None:
    one, two = await open_store(url, keys), await open_store(url, keys)
    theirs = list[str]()
    two.hear(theirs.append)
    await eventually(lambda: listening(url) == 1)
    postgres.shared().run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'safar'")

    async def told() -> bool:
        one.tell("again")
        await asyncio.sleep(0.2)
        return "again" in theirs

    for _ in range(50):
        if await told():
            break
    assert "again" in theirs
    await one.close()
    await two.close()


async def test_a_callback_that_fails_keeps_nobody_else_from_hearing(url: PostgresUrl, keys: Keys) -> None:
    one, two = await open_store(url, keys), await open_store(url, keys)
    theirs = list[str]()

    def fails(word: str) -> None:
        raise ValueError(word)

    two.hear(fails)
    two.hear(theirs.append)
    await eventually(lambda: listening(url) == 1)
    one.tell("word")
    await eventually(lambda: theirs == ["word"])
    await one.close()
    await two.close()


@pytest.mark.parametrize("word", ["", "x" * 101, "two\nlines", "слово"])
async def test_a_word_is_short_printable_ascii(url: PostgresUrl, keys: Keys, word: str) -> None:
    store = await open_store(url, keys)
    with pytest.raises(ValueError, match="100 printable"):
        store.tell(word)
    await store.close()


async def test_on_sqlite_there_is_nobody_to_tell(path: Path, keys: Keys) -> None:
    store = await open_store(path, keys)
    store.hear(pytest.fail)
    store.tell("word")
    await store.close()


def listening(url: PostgresUrl) -> int:
    query = "select count(*) from pg_stat_activity where datname = $1 and query ilike 'listen%'"
    return int(postgres.query(url.secret, query, url.name)[0][0])
