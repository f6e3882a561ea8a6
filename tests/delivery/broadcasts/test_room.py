"""How many alerts are under way at once follows from how long a round of the loop takes."""

import asyncio

from bot.delivery.broadcasts.room import FEWEST, FEWEST_ALONE, MOST, Room


class House:
    def __init__(self) -> None:
        self.serves_replies = False
        self.told = 0
        #: As many as there is room for, unless it is said how many.
        self.under_way: int | None = None
        self.room = Room(lambda: self.serves_replies, self._taken, self._more)

    def _taken(self) -> int:
        return self.room.alerts if self.under_way is None else self.under_way

    def _more(self) -> None:
        self.told += 1

    def rounds(self, number: int, seconds: float) -> int:
        for _ in range(number):
            self.room.adapt(seconds)
        return self.room.alerts


def test_where_the_way_is_long_and_the_processor_idle_there_are_many() -> None:
    house = House()
    assert house.rounds(200, 0.0002) == MOST
    assert house.told == MOST - FEWEST


def test_beside_replies_few_that_take_the_processor() -> None:
    house = House()
    house.rounds(200, 0.0002)
    assert house.rounds(100, 0.0015) == MOST
    house.serves_replies = True
    assert house.rounds(40, 0.0015) == FEWEST
    assert house.rounds(10, 0.0005) == FEWEST + 10


def test_no_more_than_the_pace_needs() -> None:
    house = House()
    house.rounds(200, 0.0002)
    house.under_way = 10
    assert house.rounds(200, 0.0002) == 2 * 10 + 1
    house.under_way = 0
    assert house.rounds(200, 0.0002) == FEWEST_ALONE


def test_and_never_none() -> None:
    house = House()
    house.serves_replies = True
    assert house.rounds(100, 1.0) == FEWEST


def test_a_busy_machine_slows_nobody_down_while_no_reply_is_waited_for() -> None:
    house = House()
    assert house.rounds(100, 1.0) == FEWEST_ALONE
    assert house.told == 1


async def test_it_watches_the_loop_itself() -> None:
    house = House()
    watching = asyncio.create_task(house.room.watch())
    for _ in range(200):
        await asyncio.sleep(0.01)
        if house.room.alerts > FEWEST:
            break
    watching.cancel()
    assert house.room.alerts > FEWEST
