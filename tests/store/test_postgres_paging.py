"""What is read in pages costs the same on each page: PostgreSQL chooses how, and may read all before it."""

import json
from typing import Any

import pytest

from bot.store import Keys, queries
from bot.store.postgresql.connection import spoken
from tests import postgres

PEOPLE, PAGE = 30_000, 500
_CONTACTS = f"""
insert into safar.contacts (id, lookup, channel, state, created_day, seen_day, address, profile)
select n * 1000, int8send(n), 'telegram', 'active', 1, 1, convert_to(repeat('a', 285), 'UTF8'),
  convert_to(repeat('b', 285), 'UTF8') from generate_series(1, {PEOPLE}) n
"""
_KEYS = """
insert into safar.contact_keys (contact, wrapped) select id, convert_to(repeat('k', 61), 'UTF8') from safar.contacts
"""


@pytest.fixture
def url(keys: Keys) -> str:
    postgres.needed()
    url = postgres.shared().sealed_with(keys)
    for statement in (_CONTACTS, _KEYS, "analyze safar.contacts, safar.contact_keys"):
        postgres.query(url, statement)
    return url


def _read(plan: dict[str, Any]) -> int:
    """Rows that its scans went through."""
    below = sum(_read(part) for part in plan.get("Plans", ()))
    own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"] if not below else 0
    return int(below + own)


def test_the_last_page_of_contacts_reads_no_more_than_it_gives(url: str) -> None:
    page = spoken(queries.KNOWN_AFTER).replace("from contacts", "from safar.contacts")
    page = page.replace("join contact_keys", "join safar.contact_keys")
    page = page.replace("$1", str((PEOPLE - PAGE) * 1000)).replace("$2", str(PAGE))
    ((said,),) = postgres.query(url, f"explain (analyze, format json) {page}")
    plan = json.loads(said)[0]["Plan"]
    assert plan["Actual Rows"] == PAGE
    assert _read(plan) <= 2 * PAGE + 10
