"""Alerts for the tests: small ones, changed by keyword."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.delivery.broadcasts.model import Alert, Source
from bot.delivery.broadcasts.rule import Is
from bot.delivery.broadcasts.views import draft_of
from bot.store.broadcast_protocol import Broadcast

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ORGANISATION = "wages-desk"
RUSSIAN = Is(key="language", values=("ru",))


def alert(**changes: Any) -> Alert:
    plain = Alert(
        name="Банк закрыт",
        texts={"ru": "Сегодня касса на рынке не работает. Приходите завтра с утра."},
        source=Source(title="Объявление кассы", url="https://example.org/news", checked_on="2026-03-10"),
        urgency="important",
        segment=RUSSIAN,
        ends=NOW + timedelta(days=3),
    )
    return replace(plain, **changes)


def broadcast(one: Alert, **changes: Any) -> Broadcast:
    plain = Broadcast(
        key=bytes(16),
        code="12345678",
        organisation=ORGANISATION,
        state="done",
        version=1,
        draft=draft_of(one, ORGANISATION),
        author="anna",
        editors=("anna",),
        approver="boris",
        created=NOW,
    )
    return replace(plain, **changes)
