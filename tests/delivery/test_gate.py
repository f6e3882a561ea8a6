import asyncio
from collections import Counter

from bot.delivery.gate import Gate, Rank
from tests.delivery.fake_clock import FakeClock


class Crowd:
    """Those who want through one gate, and when each came through."""

    def __init__(self, per_second: float = 1000, *, answer_seconds: float = 0.0, both_ways: bool = False) -> None:
        self.clock = FakeClock()
        self.gate = Gate(per_second, self.clock, both_ways=both_ways)
        self.answer_seconds = answer_seconds
        self.passed: list[tuple[str, float]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def comes(self, *names: str, rank: Rank = Rank.REPLY, answered: bool = True) -> None:
        async def go(name: str) -> None:
            await self.gate.enter(rank)
            began = self.clock.monotonic()
            self.passed.append((name, round(self.clock.seconds, 3)))
            if self.answer_seconds:
                await self.clock.sleep(self.answer_seconds)
            if answered:
                self.gate.answered(began)

        self.tasks += [asyncio.create_task(go(name)) for name in names]
        await self.clock.settle()

    def at(self, name: str) -> float:
        return dict(self.passed)[name]

    def most_in_a_second(self) -> int:
        times = sorted(at for _, at in self.passed)
        return max(sum(first <= at < first + 0.999 for at in times) for first in times)


async def test_as_many_pass_as_a_second_holds_and_the_others_when_their_places_are_free() -> None:
    crowd = Crowd(2)
    await crowd.comes("a", "b", "c", "d", "e")
    await crowd.clock.pass_(3)
    assert crowd.passed == [("a", 0.0), ("b", 0.0), ("c", 1.0), ("d", 1.0), ("e", 2.0)]


async def test_a_place_is_taken_until_a_second_after_the_answer() -> None:
    crowd = Crowd(1, answer_seconds=0.7)
    await crowd.comes("a", "b")
    await crowd.clock.pass_(3)
    assert crowd.passed == [("a", 0.0), ("b", 1.7)]


async def test_without_an_answer_its_place_stays_taken() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "b", answered=False)
    await crowd.clock.pass_(100)
    assert crowd.passed == [("a", 0.0)]
    crowd.gate.ended()
    await crowd.clock.pass_(2)
    assert crowd.passed == [("a", 0.0), ("b", 101.0)]


async def test_the_urgent_do_not_wait_behind_the_others() -> None:
    crowd = Crowd(10)
    await crowd.comes(*(f"r{n}" for n in range(10_000)))
    await crowd.clock.pass_(1)
    await crowd.comes("danger", rank=Rank.URGENT)
    await crowd.clock.pass_(1)
    assert "danger" in dict(crowd.passed)
    for task in crowd.tasks:
        task.cancel()


async def test_alerts_use_all_there_is_while_nobody_writes_and_leave_evenly() -> None:
    crowd = Crowd(10)
    await crowd.comes(*(f"a{n}" for n in range(100)), rank=Rank.ALERT)
    await crowd.clock.pass_(5.05)
    assert len(crowd.passed) == 51
    seconds = Counter(int(at) for _, at in crowd.passed)
    assert [seconds[second] for second in range(5)] == [10] * 5
    gaps = [later[1] - earlier[1] for earlier, later in zip(crowd.passed, crowd.passed[1:], strict=False)]
    assert min(gaps) >= 0.079
    for task in crowd.tasks:
        task.cancel()


async def test_replies_overtake_alerts_and_find_places_left_for_them() -> None:
    crowd = Crowd(30)
    await crowd.comes(*(f"a{n}" for n in range(1000)), rank=Rank.ALERT)
    await crowd.clock.pass_(2.5)
    await crowd.comes("first")
    await crowd.clock.pass_(1)
    assert crowd.at("first") <= 2.54  # every place was an alert's, and they come free one by one
    for n in range(8):
        await crowd.comes(f"r{n}.0", f"r{n}.1", f"r{n}.2")
        asked = crowd.clock.seconds
        await crowd.clock.pass_(1.1)
        assert [crowd.at(f"r{n}.{which}") for which in range(3)] == [round(asked, 3)] * 3
    assert crowd.most_in_a_second() <= 30
    before = len(crowd.passed)
    await crowd.clock.pass_(1)
    assert 25 <= len(crowd.passed) - before <= 28  # the rest is left for replies still
    await crowd.clock.pass_(5)
    before = len(crowd.passed)
    await crowd.clock.pass_(10)
    assert len(crowd.passed) - before in (299, 300, 301)
    for task in crowd.tasks:
        task.cancel()


async def test_where_both_ways_count_people_take_places_and_alerts_leave_some_always() -> None:
    crowd = Crowd(10, both_ways=True)
    await crowd.comes(*(f"a{n}" for n in range(100)), rank=Rank.ALERT)
    await crowd.clock.pass_(9.95)
    assert 68 <= len(crowd.passed) <= 72
    crowd.passed.clear()
    for _ in range(7):
        crowd.gate.came_in()
    await crowd.clock.pass_(0.9)
    assert len(crowd.passed) == 0
    for task in crowd.tasks:
        task.cancel()


async def test_nothing_passes_while_it_is_shut_and_then_one_until_it_is_answered() -> None:
    crowd = Crowd()
    crowd.gate.close(30)
    assert crowd.gate.is_shut
    await crowd.comes("a", "b", "c", answered=False)
    await crowd.clock.pass_(29.9)
    assert crowd.passed == []
    await crowd.clock.pass_(10)
    assert crowd.passed == [("a", 30.0)]
    crowd.gate.answered(crowd.clock.monotonic())
    await crowd.clock.pass_(0.1)
    assert [name for name, _ in crowd.passed] == ["a", "b", "c"]


async def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    crowd = Crowd()
    crowd.gate.close(30)
    crowd.gate.close(1)
    await crowd.comes("a")
    await crowd.clock.pass_(29)
    assert crowd.passed == []


async def test_the_pause_doubles_with_each_trouble_in_a_row_up_to_a_minute() -> None:
    crowd = Crowd()
    pauses = []
    await crowd.comes("x", answered=False)
    for _ in range(9):
        began = crowd.clock.seconds
        crowd.gate.shut()
        crowd.gate.close()  # another sending that was under way has the same trouble
        await crowd.comes("x", answered=False)
        await crowd.clock.pass_(100)
        pauses.append(round(crowd.passed[-1][1] - began))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (crowd.gate.troubles, crowd.gate.troubled) == (9, True)
    crowd.gate.answered(crowd.clock.monotonic())
    assert (crowd.gate.troubles, crowd.gate.troubled) == (0, False)
    crowd.gate.close()
    assert crowd.gate.is_shut
    await crowd.clock.pass_(1.1)
    assert not crowd.gate.is_shut


async def test_who_gives_up_waiting_holds_up_nobody() -> None:
    crowd = Crowd()
    crowd.gate.close(5)
    await crowd.comes("a", "b")
    crowd.tasks[0].cancel()
    await crowd.clock.pass_(6)
    assert [name for name, _ in crowd.passed] == ["b"]


async def test_one_that_was_not_sent_lets_the_next_one_try() -> None:
    crowd = Crowd()
    crowd.gate.close(1)
    await crowd.comes("a", "b", answered=False)
    await crowd.clock.pass_(2)
    crowd.gate.unused()
    await crowd.clock.pass_(1)
    assert [name for name, _ in crowd.passed] == ["a", "b"]
