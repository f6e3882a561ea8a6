import asyncio

from bot.channels import Pace
from bot.delivery.gate import Gate
from tests.delivery.fake_clock import FakeClock


class Crowd:
    """Those who want through one gate, and when each came through."""

    def __init__(self, pace: Pace = Pace(10, 1)) -> None:  # noqa: B008 - frozen
        self.clock = FakeClock()
        self.gate = Gate(pace, self.clock)
        self.passed: list[tuple[str, float]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def comes(self, *names: str, urgent: bool = False, answered: bool = True) -> None:
        async def go(name: str) -> None:
            await self.gate.enter(urgent=urgent)
            self.passed.append((name, round(self.clock.seconds, 3)))
            if answered:
                self.gate.answered()

        self.tasks += [asyncio.create_task(go(name)) for name in names]
        await self.clock.settle()


async def test_all_pass_at_the_pace_in_the_order_of_their_coming() -> None:
    crowd = Crowd()
    await crowd.comes("a", "b", "c")
    await crowd.clock.pass_(1)
    assert crowd.passed == [("a", 0.0), ("b", 0.1), ("c", 0.2)]


async def test_the_urgent_do_not_wait_behind_the_others() -> None:
    crowd = Crowd()
    await crowd.comes(*(f"r{n}" for n in range(10_000)))
    await crowd.clock.pass_(1)
    await crowd.comes("danger", urgent=True)
    await crowd.clock.pass_(0.2)
    assert "danger" in dict(crowd.passed)
    for task in crowd.tasks:
        task.cancel()


async def test_nothing_passes_while_it_is_shut_and_then_one_until_it_is_answered() -> None:
    crowd = Crowd(Pace(1000, 1000))
    crowd.gate.shut(30)
    assert crowd.gate.is_shut
    await crowd.comes("a", "b", "c", answered=False)
    await crowd.clock.pass_(29.9)
    assert crowd.passed == []
    await crowd.clock.pass_(10)
    assert crowd.passed == [("a", 30.0)]
    crowd.gate.answered()
    await crowd.clock.pass_(0.1)
    assert [name for name, _ in crowd.passed] == ["a", "b", "c"]


async def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    crowd = Crowd()
    crowd.gate.shut(30)
    crowd.gate.shut(1)
    await crowd.comes("a")
    await crowd.clock.pass_(29)
    assert crowd.passed == []


async def test_the_pause_doubles_with_each_trouble_in_a_row_up_to_a_minute() -> None:
    crowd = Crowd()
    pauses = []
    for _ in range(9):
        began = crowd.clock.seconds
        crowd.gate.shut()
        crowd.gate.shut()  # a second sending that was under way has the same trouble
        await crowd.comes("x", answered=False)
        await crowd.clock.pass_(100)
        pauses.append(round(crowd.passed[-1][1] - began))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    crowd.gate.answered()
    crowd.gate.shut()
    assert crowd.gate.is_shut
    await crowd.clock.pass_(1.1)
    assert not crowd.gate.is_shut


async def test_who_gives_up_waiting_holds_up_nobody() -> None:
    crowd = Crowd()
    crowd.gate.shut(5)
    await crowd.comes("a", "b")
    crowd.tasks[0].cancel()
    await crowd.clock.pass_(6)
    assert [name for name, _ in crowd.passed] == ["b"]


async def test_one_that_learnt_nothing_lets_the_next_one_try() -> None:
    crowd = Crowd(Pace(1000, 1000))
    crowd.gate.shut(1)
    await crowd.comes("a", "b", answered=False)
    await crowd.clock.pass_(2)
    crowd.gate.unused()
    await crowd.clock.pass_(1)
    assert [name for name, _ in crowd.passed] == ["a", "b"]
