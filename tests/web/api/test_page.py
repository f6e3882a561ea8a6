"""The page of the API tells of every scope, door and refusal, and its example is drafted as it says."""

import re
from pathlib import Path

import msgspec

from bot.delivery.webhooks.telling import PAUSES
from bot.web.api import DOORS, SCOPES
from tests.web.api.calling import Caller
from tests.web.serving import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SOURCES = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "bot", "web", "api").glob("*.py"))


def test_every_scope_and_door_is_on_it() -> None:
    assert [scope for scope in SCOPES if f"`{scope}`" not in PAGE] == []
    assert [door.path for door in DOORS if f"{door.method} {door.path}" not in PAGE] == []


def test_every_refusal_is_on_it() -> None:
    kinds = {kind for found in re.findall(r'(?:Refusal|one_fault)\(\s*"([a-z-]+)"', SOURCES) for kind in [found]}
    assert len(kinds) > 10
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in PAGE] == []


def test_the_pauses_are_those_of_the_page() -> None:
    assert [round(pause.total_seconds()) for pause in PAUSES[:8]] == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000]
    assert "5 s, 5 min, 30 min, 2, 5, 10, 14, 20\n  and 20 hours" in PAGE


async def test_the_example_is_taken(crm: Caller) -> None:
    found = re.search(r"-d '(\{.*?\})'", PAGE, re.S)
    assert found
    body = msgspec.json.decode(found[1])
    assert await crm.ask("POST", "/alerts", body, idempotency_key="k") == 201, crm.said
