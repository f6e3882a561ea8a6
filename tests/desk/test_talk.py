"""A ticket from open to closed on Telegram: what the person sees, what the caseworker sees, and what nobody does."""

import asyncio
from datetime import timedelta

import pytest

from bot.conversation import Event
from bot.conversation.tickets import MOST_WAITING
from tests.delivery.running import Begin, Running
from tests.desk.people import ANNA, BORIS, CLINIC, WAGES, Talker, answers, only, option, read, said, shift_to

NOTICE = "Вам есть ответ. Нажмите кнопку ниже или напишите «один»."
NEWS = "Для вас есть новость. Нажмите кнопку ниже или напишите «один»."


async def test_from_open_to_closed(bot: Running, talker: Talker) -> None:
    seen = await talker.asks_for_person()
    assert "Команда этого бота" in "".join(seen)
    assert seen[-1].startswith("Передали. Ответ придёт сюда")
    summary = await only(bot)
    assert (summary.state, summary.need, summary.language, summary.country) == ("waiting", "wages", "ru", "RU")
    assert said(await read(bot, summary.ticket)) == [
        ("system", "opened"),
        ("person", "О чём поговорить? Зарплата"),
        ("person", "не платят третий месяц"),
    ]

    assert await talker.says("бригадир прячется") == ["Передали человеку. Ответ придёт сюда."]
    assert await talker.says("нас пятеро") == [], "said once, not after every message"
    assert await answers(bot, summary.ticket, "Есть ли договор?") == "sent"
    assert bot.api.texts(talker.chat)[-1] == NOTICE
    assert (await only(bot)).state == "answered"

    seen = await talker.says("1")
    assert seen == ["Вам отвечают\nЕсть ли договор?\n\nМожно ответить прямо сюда."]
    assert "Есть ли договор?" not in "".join(await talker.says("1")), "shown once"
    assert await answers(bot, summary.ticket, "Позвоните завтра") == "sent"
    assert await bot.delivery.desk.close(WAGES, summary.ticket, ANNA)
    await bot.delivery.outbox.idle()
    assert bot.api.texts(talker.chat)[-1] == NOTICE, "the notice stands there already"

    seen = await talker.says("один")
    assert seen[0].startswith("Вам отвечают\nПозвоните завтра\n\nЧеловек закончил этот разговор.")
    assert await talker.does(option("person-closed", "thanks", "yes")) == ["Спасибо. Пишите сюда в любое время."]
    assert (await only(bot)).state == "closed"
    assert await bot.delivery.desk.answer(WAGES, summary.ticket, ANNA, "ещё", 0) == "gone"
    assert not await bot.delivery.desk.note(WAGES, summary.ticket, ANNA, "ещё")


async def test_answers_wait_behind_a_one_and_are_shown_in_order(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    before = len(bot.api.texts(talker.chat))
    for text in ("первое", "второе", "третье"):
        await answers(bot, ticket, text)

    assert bot.api.texts(talker.chat)[before:] == [NOTICE], "one notice, and no word of the answers"
    (seen,) = await talker.does(Event(kind="text", text="Показать"))
    assert seen.index("первое") < seen.index("второе") < seen.index("третье")


async def test_who_has_not_looked_is_told_again_after_an_hour(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    await answers(bot, ticket, "первое")
    bot.clock.ahead += timedelta(hours=1)
    await answers(bot, ticket, "второе")

    assert bot.api.texts(talker.chat).count(NOTICE) == 2


async def test_the_answer_to_a_question_under_way_is_not_taken_for_the_one(bot: Running, talker: Talker) -> None:
    """News comes in the middle of a flow: "1" shows it, and what is written then goes to who answered."""
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    await talker.does(Event(kind="text", text="поговорить с человеком"), option("person", "what", "group"))
    await answers(bot, ticket, "Слушаю вас")

    assert "Слушаю вас" in (await talker.says("1"))[0]
    assert await talker.says("спасибо, вот так и живём") == ["Передали человеку. Ответ придёт сюда."]
    assert said(await read(bot, ticket))[-1] == ("person", "спасибо, вот так и живём")


async def test_danger_commands_and_known_questions_stay_with_the_bot(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    known = "сколько стоит патент"

    assert "112" in "".join(await talker.says("меня бьют"))
    await talker.says("меню")
    assert "патент" in "".join(await talker.says(known))
    await talker.says("язык")
    await talker.says("меню")
    texts = [text for _, text in said(await read(bot, ticket))]
    assert texts[3:] == []
    assert "Человек этих слов не видел" in "".join(await talker.says("меня бьют"))
    await talker.says("Передать человеку")
    assert said(await read(bot, ticket))[-1] == ("person", "меня бьют")
    await talker.says("меню")

    await talker.says(known)
    assert await talker.says("Передать человеку") == ["Передали человеку. Ответ придёт сюда."]
    assert said(await read(bot, ticket))[-1] == ("person", known)


async def test_yes_and_thanks_are_answers_to_a_person(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    for text in ("да", "спасибо", "👍", "3"):
        await talker.says(text)

    assert [text for by, text in said(await read(bot, ticket)) if by == "person"][2:] == ["да", "спасибо", "👍", "3"]


async def test_the_person_can_leave(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    await answers(bot, ticket, "не прочитанное")
    await talker.says("закончить разговор")
    assert (await talker.says("да"))[0].startswith("Разговор закончен.")

    assert (await only(bot)).state == "closed"
    assert said(await read(bot, ticket))[-1] == ("system", "left")
    assert await bot.delivery.desk.answer(WAGES, ticket, ANNA, "стойте", 0) == "gone"
    assert "не прочитанное" not in "".join(await talker.says("меню"))


async def test_a_person_erases_themselves_in_the_middle(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    desk, ticket = bot.delivery.desk, (await only(bot)).ticket
    last = (await read(bot, ticket)).lines[-1].id
    await talker.says("удалить")
    erasing = talker.does(option("delete", "sure", "erase"))
    _, at_once = await asyncio.gather(erasing, desk.answer(WAGES, ticket, ANNA, "Вы здесь?", last))

    assert at_once in {"sent", "gone"}
    assert await desk.answer(WAGES, ticket, ANNA, "Вы здесь?", last) == "gone"
    assert await desk.open(WAGES, ticket, ANNA) is None
    assert await desk.inbox(WAGES) == []
    assert await desk.has_left(WAGES, ticket)
    assert not await desk.has_left(CLINIC, ticket)
    assert "Вы здесь?" not in "".join(bot.api.texts(talker.chat))
    await talker.says("1")
    assert "Вы здесь?" not in "".join(bot.api.texts(talker.chat))


async def test_two_caseworkers_answer_at_once_and_one_is_sent(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    seen = (await read(bot, ticket)).lines[-1].id
    desk = bot.delivery.desk
    results = await asyncio.gather(
        *(desk.answer(WAGES, ticket, staff, f"я {staff}", seen) for staff in [ANNA, BORIS] * 10)
    )

    assert sorted(results) == ["sent"] + ["stale"] * 19
    assert [text for by, text in said(await read(bot, ticket)) if by == "staff"] == [f"я {ANNA}"]
    assert (await only(bot)).taken_by == ANNA


async def test_an_answer_to_words_that_were_not_seen_is_stale(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    seen = (await read(bot, ticket)).lines[-1].id
    await talker.says("нет, подождите, он звонит")

    assert await bot.delivery.desk.answer(WAGES, ticket, ANNA, "Ждите зарплату", seen) == "stale"
    assert await answers(bot, ticket, "Когда уволили?") == "sent"


async def test_a_note_is_never_shown_to_the_person(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    before = bot.api.texts(talker.chat)
    assert await bot.delivery.desk.note(WAGES, ticket, ANNA, "похоже на принуждение")
    assert bot.api.texts(talker.chat) == before
    await answers(bot, ticket, "Здравствуйте")

    assert "принуждение" not in "".join(await talker.says("1"))


async def test_a_transfer_needs_the_persons_yes(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    desk, ticket = bot.delivery.desk, (await only(bot)).ticket
    assert not await desk.offer_transfer(WAGES, ticket, "nobody", ANNA)
    assert not await desk.offer_transfer(WAGES, ticket, WAGES, ANNA)
    assert await desk.offer_transfer(WAGES, ticket, CLINIC, ANNA)
    await bot.delivery.outbox.idle()
    assert bot.api.texts(talker.chat)[-1] == NEWS
    assert (await only(bot)).transfer_to == CLINIC
    assert await desk.inbox(CLINIC) == []

    assert "предлагает передать разговор" in (await talker.says("1"))[0]
    await talker.does(option("person-transfer", "agree", "no"))
    assert await desk.inbox(CLINIC) == []
    await desk.offer_transfer(WAGES, ticket, CLINIC, ANNA)
    await bot.delivery.outbox.idle()
    await talker.says("1")
    await talker.does(option("person-transfer", "agree", "yes"))
    assert await desk.inbox(WAGES) == []
    assert await desk.open(WAGES, ticket, ANNA) is None
    assert (await only(bot, CLINIC)).ticket == ticket
    assert said(await read(bot, ticket, CLINIC))[-1] == ("system", "transfer-agreed")


async def test_silence_is_said_once_with_a_number_to_call(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    timers = bot.delivery._timers
    bot.clock.ahead += timedelta(hours=23, minutes=50)
    await timers.ring_due()
    await bot.delivery.outbox.idle()
    assert NEWS not in bot.api.texts(talker.chat)
    bot.clock.ahead += timedelta(hours=1)
    for _ in range(3):
        await timers.ring_due()
        await bot.delivery.outbox.idle()

    assert bot.api.texts(talker.chat).count(NEWS) == 1
    (seen,) = await talker.says("1")
    assert "обещали ответ" in seen
    assert any(number in seen for number in ("+7", "8 "))
    assert said(await read(bot, (await only(bot)).ticket))[-1] == ("system", "late")
    assert (await only(bot)).state == "waiting"


async def test_an_answer_in_time_leaves_nothing_to_say(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    await answers(bot, (await only(bot)).ticket, "Здравствуйте")
    bot.clock.ahead += timedelta(hours=30)
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()

    assert NEWS not in bot.api.texts(talker.chat)


async def test_replies_wait_for_the_safe_hours(begin: Begin) -> None:
    bot = await begin(ahead=shift_to(12))
    talker = Talker(bot)
    await talker.meets()
    await talker.asks_for_person(hours="evening")
    summary = await only(bot)
    assert summary.safe_hours == "Вечером"
    await answers(bot, summary.ticket, "Здравствуйте")
    bot.clock.ahead += timedelta(hours=5)
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()
    assert NOTICE not in bot.api.texts(talker.chat), "half past five"
    bot.clock.ahead += timedelta(hours=1)
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()

    assert bot.api.texts(talker.chat)[-1] == NOTICE


async def test_who_writes_by_themselves_is_never_written_to(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person(hours="silent")
    await answers(bot, (await only(bot)).ticket, "Здравствуйте")
    bot.clock.ahead += timedelta(days=1)
    await bot.delivery._timers.ring_due()
    await bot.delivery.outbox.idle()
    assert NOTICE not in bot.api.texts(talker.chat)

    assert (await talker.says("есть новости?"))[-1].endswith(NOTICE)


async def test_three_tickets_a_day(bot: Running, talker: Talker) -> None:
    for _ in range(3):
        await talker.asks_for_person(first="")
        await talker.says("закончить разговор")
        await talker.says("да")
    await talker.does(Event(kind="text", text="поговорить с человеком"), option("person", "what", "need"))
    (seen,) = await talker.does(option("person", "need", "wages"))
    assert "Сегодня вы уже несколько раз" in seen

    bot.clock.ahead += timedelta(days=1)
    await talker.asks_for_person()
    assert next(one.state for one in await bot.delivery.desk.inbox(WAGES)) == "waiting"


async def test_many_messages_without_an_answer_are_refused_kindly(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person(first="")
    for number in range(MOST_WAITING):
        bot.clock.ahead += timedelta(seconds=10)
        await talker.says(f"и так месяц {number}")
    ticket = (await only(bot)).ticket
    lines = len((await read(bot, ticket)).lines)
    assert "Много сообщений" in (await talker.says("и ещё одно слово"))[0]
    assert len((await read(bot, ticket)).lines) == lines
    await answers(bot, ticket, "Читаю")
    await talker.says("1")
    assert await talker.says("и ещё одно слово") == ["Передали человеку. Ответ придёт сюда."]


async def test_urgent_first_then_who_waits_longest(bot: Running) -> None:
    tickets = []
    for number, need in enumerate(("wages", "violence", "documents", "wages")):
        talker = Talker(bot, 5_129_991_000 + number)
        await talker.meets()
        await talker.asks_for_person(need)
        bot.clock.ahead += timedelta(minutes=5)
        tickets += [one.ticket for one in await bot.delivery.desk.inbox(WAGES) if one.ticket not in tickets]
    await answers(bot, tickets[0], "Здравствуйте")
    await bot.delivery.desk.close(WAGES, tickets[2], ANNA)

    order = [tickets.index(one.ticket) for one in await bot.delivery.desk.inbox(WAGES)]
    assert order == [1, 3, 0, 2]


async def test_a_text_that_is_empty_or_too_long_is_refused(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    for text in ("", " \n\u200b", "я" * 3001):
        with pytest.raises(ValueError, match="1 to 3000"):
            await bot.delivery.desk.answer(WAGES, ticket, ANNA, text, 0)
        with pytest.raises(ValueError, match="1 to 3000"):
            await bot.delivery.desk.note(WAGES, ticket, ANNA, text)
    assert await answers(bot, ticket, "я" * 3000) == "sent"
    assert any("я" * 3000 in seen for seen in await talker.says("1"))
