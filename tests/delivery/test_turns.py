"""What can wait lets the turns go first, and is not kept for ever."""

import asyncio

import pytest

from bot.delivery import turns as module
from bot.delivery.turns import Turns


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the machine stands still."""
    monkeypatch.setattr(module, "_LONGEST_SECONDS", 30.0)


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_where_nobody_waits_nothing_is_held() -> None:
    turns, next_round = Turns(), list[str]()
    assert not turns.are_taken()
    asyncio.get_running_loop().call_soon(next_round.append, "came")
    await turns.over()
    assert next_round == []


@pytest.mark.usefixtures("patient")
async def test_a_step_is_waited_for_and_the_next_one_that_follows_at_once() -> None:
    turns, done = Turns(), list[str]()

    async def turn() -> None:
        for step in ("taken", "claimed"):
            with turns:
                await asyncio.sleep(0.005)
                done.append(step)
            await asyncio.sleep(0)

    taking = asyncio.create_task(turn())
    await asyncio.sleep(0)
    assert turns.are_taken()
    await turns.over()
    assert done == ["taken", "claimed"]
    assert not turns.are_taken()
    await taking


@pytest.mark.usefixtures("patient")
async def test_two_at_once_are_both_waited_for() -> None:
    turns, done = Turns(), list[float]()

    async def turn(seconds: float) -> None:
        with turns:
            await asyncio.sleep(seconds)
            done.append(seconds)

    both = [asyncio.create_task(turn(seconds)) for seconds in (0.001, 0.02)]
    await asyncio.sleep(0)
    await turns.over()
    assert done == [0.001, 0.02]
    await asyncio.gather(*both)


async def test_where_people_write_all_the_time_it_goes_on_all_the_same() -> None:
    turns, began = Turns(), now()
    with turns:
        await turns.over()
        assert turns.are_taken()
    assert 0.04 <= now() - began < 0.5


async def test_a_step_that_fails_holds_nobody() -> None:
    turns = Turns()
    try:
        with turns:
            raise ValueError
    except ValueError:
        pass
    await turns.over()
    assert not turns.are_taken()
