import asyncio

import pytest

from bot.delivery.batch import Batch


async def test_what_comes_while_a_call_is_under_way_goes_together_in_the_next() -> None:
    calls: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        await asyncio.sleep(0.01)
        return [2 * number for number in numbers]

    batch = Batch(double)
    first = asyncio.create_task(batch.ask(1))
    await asyncio.sleep(0.005)
    assert await asyncio.gather(*(batch.ask(number) for number in (2, 3, 4))) == [4, 6, 8]
    assert await first == 2
    assert calls == [[1], [2, 3, 4]]


async def test_all_callers_hear_of_a_failure_and_the_next_call_is_made() -> None:
    fails = [True, False]

    async def echo(numbers: list[int]) -> list[int]:
        if fails.pop(0):
            raise OSError("full")
        return numbers

    batch = Batch(echo)
    answers = await asyncio.gather(batch.ask(1), batch.ask(2), return_exceptions=True)
    assert all(isinstance(answer, OSError) for answer in answers)
    assert await batch.ask(3) == 3


async def test_a_caller_that_goes_away_harms_no_other() -> None:
    async def echo(numbers: list[int]) -> list[int]:
        await asyncio.sleep(0.01)
        return numbers

    batch = Batch(echo)
    gone, stays = asyncio.create_task(batch.ask(1)), asyncio.create_task(batch.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
    with pytest.raises(asyncio.CancelledError):
        await gone
