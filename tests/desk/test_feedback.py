"""Whether help points answer: asked a day later, counted without a person, and what is silent moves down."""

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from bot.conversation import reports
from tests.delivery.running import Running
from tests.desk.people import Talker, of_today, option, shift_to
from tests.threats.talking import token_of


def monday_morning() -> timedelta:
    """How far a clock must be put ahead: an office that is open goes before one that is shut."""
    ahead = shift_to(10)
    return ahead + timedelta(days=-(datetime.now(UTC) + ahead).weekday() % 7)


async def test_three_reports_move_a_point_down(bot: Running) -> None:
    bot.clock.ahead += monday_morning()
    first = ""
    for number in range(4):
        talker = Talker(bot, 5_129_992_000 + number)
        await talker.meets("ru", citizenship="TJ", country="RU")
        await talker.says("кому позвонить")
        await talker.does(option("help", "need", "wages"))
        (card,) = await talker.says("пропустить")
        best = card.partition("\n")[0]
        first = first or best
        assert (best == first) == (number < 3), "three people said that nobody answers there"
        points = bot.delivery.reports._catalogue().points
        key = next(key for key, point in points.items() if point.name.plain("ru") == best)
        await talker.does(token_of("flow", "feedback"), option("feedback", "agree", "yes"))
        bot.clock.ahead += timedelta(days=1, minutes=1)
        await bot.delivery._timers.ring_due()
        await bot.delivery.outbox.idle()
        assert bot.api.texts(talker.chat)[-1].startswith("Вы просили напомнить")
        await talker.says("1")
        assert "Простите" in (await talker.does(option("feedback-ask", "answered", "no")))[0]
        assert "мы это проверим" in "".join(await talker.does(token_of("silent", key)))
        await talker.does(token_of("silent", key))
        await bot.delivery._counts.flush()
        await bot.delivery.reports.refresh()
        assert bot.delivery.reports.unanswered[key] == (number + 1 if number < 3 else 1), "a second tap counts nothing"


def test_only_what_was_said_since_the_last_check_counts() -> None:
    points = of_today().points
    checked = next(point for point in points.values() if point.verified_on is not None)
    day = date(2026, 3, 10)
    known = {checked.key: replace(checked, verified_on=day)}
    sums = [(f"noanswer:{checked.key}", day + timedelta(days=away), 2) for away in (-30, 0, 1, 9)]

    assert reports(known, [*sums, ("noanswer:gone", day, 5)]) == {checked.key: 4}
    assert reports({checked.key: replace(checked, verified_on=None)}, sums) == {checked.key: 8}
