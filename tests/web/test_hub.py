"""Waiting pages: woken when something came, never kept for nothing."""

import asyncio

from bot.web.hub import MOST, Hub, mark, until


async def test_a_wake_between_looking_and_waiting_is_not_missed() -> None:
    hub = Hub()

    with hub.waiting("a") as future:
        hub.wake(mark("a"))
        ended = await until(future, 5)

    assert ended == "rows"


async def test_a_wake_concerns_one_address() -> None:
    hub = Hub()

    with hub.waiting("a") as future:
        hub.wake(mark("b"))

        assert await until(future, 0.01) == "late"


async def test_another_request_of_the_page_ends_its_waiting() -> None:
    hub = Hub()

    with hub.waiting("a") as future:
        hub.release("a")

        assert await until(future, 5) == "request"


async def test_a_second_page_ends_the_waiting_of_the_first_and_waits_itself() -> None:
    hub = Hub()

    with hub.waiting("a") as first, hub.waiting("a") as second:
        assert await until(first, 5) == "newer"
        hub.wake(mark("a"))
        assert await until(second, 5) == "rows"


async def test_the_first_page_going_away_does_not_end_the_second_waiting() -> None:
    hub = Hub()
    first = hub.waiting("a")
    first.__enter__()

    with hub.waiting("a") as second:
        first.__exit__(None, None, None)
        hub.wake(mark("a"))

        assert await until(second, 5) == "rows"


async def test_when_the_server_stops_nobody_is_kept() -> None:
    hub = Hub()

    with hub.waiting("a") as before:
        hub.close()
        assert await until(before, 5) == "closing"
    with hub.waiting("a") as after:
        assert await until(after, 5) == "closing"


async def test_beyond_so_many_open_talks_nobody_waits() -> None:
    hub = Hub()
    talks = [hub.waiting(str(number)) for number in range(MOST)]
    for talk in talks:
        talk.__enter__()

    with hub.waiting("one more") as future:
        assert await until(future, 5) == "full"


async def test_a_dropped_connection_leaves_nothing_behind() -> None:
    hub = Hub()

    async def page() -> None:
        with hub.waiting("a") as future:
            await until(future, 60)

    task = asyncio.create_task(page())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert not hub._waiting
