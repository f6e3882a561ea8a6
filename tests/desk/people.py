"""A bot whose organisations answer, a person on Telegram who asks for one, and caseworkers at the desk."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace

from bot.catalogue import Catalogue
from bot.conversation import Event
from bot.delivery import Conversation, Summary
from tests import real
from tests.delivery.running import Running
from tests.threats.talking import introduction, option, posted, update

__all__ = ["option", "posted"]
WAGES, CLINIC = "wages-desk", "clinic"
ANNA, BORIS = "anna", "boris"
CHAT = 5_129_990_007


def staffed(catalogue: Catalogue) -> Catalogue:
    """Two organisations that answer day and night."""
    (team,) = catalogue.organisations.values()
    needs = team.needs - {"health", "hiv"}
    wages = replace(team, id=WAGES, active=True, hours="24/7", languages=("ru", "uz"), needs=needs)
    clinic = replace(wages, id=CLINIC, needs=frozenset({"health", "hiv"}), urgent=False)
    return replace(catalogue, organisations={one.id: one for one in (wages, clinic)})


def of_today() -> Catalogue:
    return _of(date.today())


@cache
def _of(day: date) -> Catalogue:
    """The same one for every turn, which need not prepare it anew."""
    return staffed(real.catalogue(day))


def shift_to(hour: int) -> timedelta:
    """How far a clock must be put ahead to show ``hour`` of Moscow."""
    now = datetime.now(UTC) + timedelta(hours=3)
    at = now.replace(hour=hour, minute=30, second=0, microsecond=0)
    return (at if at > now else at + timedelta(days=1)) - now


class Talker:
    """A person on Telegram."""

    def __init__(self, bot: Running, chat: int = CHAT) -> None:
        self.bot = bot
        self.chat = chat
        self.person = {"id": chat, "is_bot": False, "first_name": "P"}

    async def does(self, *events: Event) -> list[str]:
        """Returns what they see of it."""
        before = len(self.bot.api.texts(self.chat))
        for event in events:
            self.bot.clock.ahead += timedelta(seconds=5)
            await self.bot.receives(update(event, self.person))
            await self.bot.delivery.outbox.idle()
        return self.bot.api.texts(self.chat)[before:]

    async def says(self, text: str) -> list[str]:
        return await self.does(Event(kind="text", text=text))

    async def meets(self, language: str = "ru", **profile: str) -> None:
        await self.does(*introduction(language, profile or {"citizenship": "UZ", "country": "RU"}))

    async def asks_for_person(
        self, need: str = "wages", hours: str = "any", first: str = "не платят третий месяц"
    ) -> list[str]:
        seen = await self.does(Event(kind="text", text="поговорить с человеком"))
        seen += await self.does(option("person", "what", "need"), option("person", "need", need))
        seen += await self.does(option("person", "agree", "yes"), option("person", "hours", hours))
        return seen + (await self.says(first) if first else await self.says("пропустить"))


async def only(bot: Running, organisation: str = WAGES) -> Summary:
    (summary,) = await bot.delivery.desk.inbox(organisation)
    return summary


async def read(bot: Running, ticket: bytes, organisation: str = WAGES) -> Conversation:
    found = await bot.delivery.desk.open(organisation, ticket, ANNA)
    assert found is not None
    return found


async def answers(bot: Running, ticket: bytes, text: str, organisation: str = WAGES, staff: str = ANNA) -> Any:
    """A caseworker who has read all of it."""
    seen = (await read(bot, ticket, organisation)).lines[-1].id
    result = await bot.delivery.desk.answer(organisation, ticket, staff, text, seen)
    await bot.delivery.outbox.idle()
    return result


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(line.by, line.text) for line in conversation.lines]
