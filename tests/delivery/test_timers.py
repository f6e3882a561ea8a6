import asyncio
from datetime import timedelta

from tests.delivery.running import Running
from tests.delivery.test_inbox import taps
from tests.fakes.botapi import BotApi


async def test_a_wait_that_runs_out_goes_on_by_itself_once(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    await taps(bot, 1, "Ожидание")
    assert not await bot.delivery._timers.ring_due()
    bot.clock.ahead = timedelta(days=2, minutes=1)
    due = await bot.store.due_timers(bot.clock.now(), 10)
    await asyncio.gather(*(bot.delivery.inbox.ring(timer) for timer in due * 2))
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()
    assert [text.split("\n")[0] for text in api.texts(1)][-2:] == ["Вы ещё здесь?", "Время вышло."]
    assert await bot.store.due_timers(bot.clock.now(), 10) == []


async def test_a_wait_says_nothing_when_the_person_went_on(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    await taps(bot, 1, "Ожидание")
    await bot.says(1, "меню")
    await bot.delivery.outbox.idle()
    shown = len(api.texts(1))
    bot.clock.ahead = timedelta(days=2, minutes=1)
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()
    assert len(api.texts(1)) == shown


async def test_a_reminder_says_first_only_that_there_is_one(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    await taps(bot, 1, "Действия")
    bot.clock.ahead = timedelta(days=3, minutes=1)
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()
    assert api.texts(1)[-1].startswith("Вы просили напомнить")


async def test_topics_are_counted_in_sums_that_are_written_at_the_stop(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    update = await taps(bot, 1, "Действия")
    await bot.receives(update)
    written: list[tuple[str, int]] = []

    async def add_counts(hour: object, counts: tuple[tuple[str, int], ...]) -> None:
        written.extend(counts)

    bot.store.add_counts = add_counts  # type: ignore[method-assign, assignment]
    await bot.delivery.stop()
    assert written == [("acts", 1)]
