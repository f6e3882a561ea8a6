"""Calls that take too long end, each by its own time, and nothing else does."""

import asyncio

import pytest

from bot.carrier.deadline import Deadline

SECONDS = 0.4


@pytest.fixture
async def deadline() -> Deadline:
    return Deadline(SECONDS)


async def takes(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "done"


async def test_what_ends_in_time_is_left_alone(deadline: Deadline) -> None:
    assert await deadline.keep(takes(0)) == "done"
    await asyncio.sleep(2 * SECONDS)


async def test_what_takes_too_long_is_over(deadline: Deadline) -> None:
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await deadline.keep(takes(60))
    assert SECONDS <= asyncio.get_running_loop().time() - began < 5
    assert await deadline.keep(takes(0)) == "done", "the task goes on as if nothing had been"
    await asyncio.sleep(0)


async def test_each_by_its_own_time(deadline: Deadline) -> None:
    first = asyncio.create_task(deadline.keep(takes(60)))
    await asyncio.sleep(0.6 * SECONDS)
    second = asyncio.create_task(deadline.keep(takes(60)))
    quick = asyncio.create_task(deadline.keep(takes(0)))
    await asyncio.wait([first])
    assert not second.done()
    assert await quick == "done"
    ended = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(one) for one in ended] == [TimeoutError, TimeoutError]


async def test_who_is_cancelled_is_cancelled(deadline: Deadline) -> None:
    task = asyncio.create_task(deadline.keep(takes(60)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_also_when_both_come_together(deadline: Deadline) -> None:
    task = asyncio.create_task(deadline.keep(takes(60)))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(SECONDS, task.cancel)
    await asyncio.wait([task])
    assert task.cancelled() or isinstance(task.exception(), TimeoutError)


async def test_a_task_that_is_being_cancelled_may_still_call(deadline: Deadline) -> None:
    told: list[str] = []

    async def leaves() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            try:
                await deadline.keep(takes(60))
            except TimeoutError:
                told.append("late")

    task = asyncio.create_task(leaves())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert told == ["late"]
    assert task.cancelled()
