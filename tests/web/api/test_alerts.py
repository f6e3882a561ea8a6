"""Drafting, changing, reading and counting by the API (THREATS T33, T53, T70)."""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.delivery.broadcasts.model import unpack
from bot.delivery.broadcasts.reading import MAX_DEPTH, MAX_TESTS, MAX_VALUES
from bot.store import Entry
from tests.web.api.calling import RUSSIAN, Caller, alert, people, token
from tests.web.serving import Site

ANNA = Entry(handle="anna", what="alert-proposed")


def is_(key: str, *values: str) -> dict[str, Any]:
    return {"type": "is", "key": key, "values": values}


def nested(levels: int) -> dict[str, Any]:
    """A test below so many levels."""
    return {"type": "not", "of": nested(levels - 1)} if levels else RUSSIAN


class TestDrafting:
    async def test_a_draft_stands_before_people_as_it_was_sent(self, safar: Site, crm: Caller) -> None:
        made = await crm.drafts(topics=["work"], starts="2030-01-01T09:00:00+03:00", ends="2030-01-09T00:00:00Z")
        assert crm.headers["location"] == f"/api/v1/alerts/{made['key']}"
        assert (made["state"], made["version"], made["starts"]) == ("draft", 1, "2030-01-01T06:00:00Z")
        (kept,) = await safar.store.broadcasts.broadcasts("wages-desk")
        body = unpack(kept.draft.body)
        assert (body.name, body.topics, body.source.url) == ("Касса закрыта", ("work",), "https://example.org/news")
        assert kept.key.hex() == made["key"]

    async def test_what_is_to_be_mended_is_listed_with_a_remedy(self, crm: Caller) -> None:
        made = await crm.drafts(
            ends="2020-01-01T00:00:00Z", source={"title": "", "url": "", "checked_on": "2026-03-10"}
        )
        errors = {one["at"] for one in made["findings"] if one["level"] == "error"}
        assert {"ends", "source.title"} <= errors
        assert all(one["what"] and one["remedy"] for one in made["findings"])

    async def test_the_same_request_again_gets_the_same_alert(self, safar: Site, crm: Caller) -> None:
        body = alert()
        first, again = [
            (await crm.ask("POST", "/alerts", body, idempotency_key="k"), crm.said["key"]) for _ in range(2)
        ]
        assert first == again
        assert len(await safar.store.broadcasts.broadcasts(None)) == 1

    async def test_at_once_they_make_one(self, safar: Site, http: aiohttp.ClientSession, crm: Caller) -> None:
        body = alert()
        callers = [Caller(safar, http, crm.secret) for _ in range(15)]
        done = await asyncio.gather(*(one.ask("POST", "/alerts", body, idempotency_key="k") for one in callers))
        assert set(done) == {201}
        assert len({one.said["key"] for one in callers}) == 1
        assert len(await safar.store.broadcasts.broadcasts(None)) == 1

    async def test_the_same_key_with_another_body_is_refused(self, safar: Site, crm: Caller) -> None:
        await crm.drafts("k")
        assert await crm.ask("POST", "/alerts", alert(name="other"), idempotency_key="k") == 422
        assert crm.said["errors"][0]["field"] == "Idempotency-Key"
        assert len(await safar.store.broadcasts.broadcasts(None)) == 1

    @pytest.mark.parametrize("key", [None, "", "two words", "я", "x" * 201])
    async def test_without_a_key_nothing_is_drafted(self, safar: Site, crm: Caller, key: str | None) -> None:
        headers: Any = {} if key is None else {"idempotency_key": key}
        assert await crm.ask("POST", "/alerts", alert(), **headers) == 400
        assert crm.said["errors"][0]["field"] == "Idempotency-Key"
        assert await safar.store.broadcasts.broadcasts(None) == []


class TestWrongBodies:
    @pytest.mark.parametrize(
        ("body", "field", "remedy"),
        [
            (alert(texts={"ru": 5}), "texts.ru", "send what is expected"),
            (alert(texts={"de": "Achtung"}), "texts", "leave it out"),
            ({k: v for k, v in alert().items() if k != "segment"}, "", "add it"),
            (alert(urgency="panic"), "urgency", "take one of those"),
            (alert(ends="2027-01-31T09:00:00"), "ends", "end it with Z"),
            (alert(source={"title": "x", "url": "", "checked_on": "yesterday"}), "source.checked_on", "as 2027-01-31"),
            (alert(ends="9999-12-31T23:59:59-12:00"), "ends", "nearer"),
            (alert(segment=is_("seen", "soon")), "segment", "from 1 to 999"),
            (alert(segment=is_("seen", "30", "60")), "segment", '["90"]'),
            (alert(segment=is_("language", "de")), "segment", "ru, tg, uz"),
            (alert(segment=is_("citizenship", "TJ", "ZZ")), "segment", "use one of: KG, TJ, UZ"),
            (alert(segment=is_("citizenship")), "segment", "one at least"),
            (alert(segment=is_("country", "DE")), "segment", "KG, KZ, RU, TJ, UZ"),
            (alert(segment=is_("stage", "moon")), "segment", "back, before, there"),
            (alert(segment=is_("topic", "wrk")), "segment", 'did you mean "work"?'),
            (alert(segment=is_("channel", "viber")), "segment", "telegram"),
            (alert(segment=is_("city", "Казань")), "segment", 'did you mean "ru-ta-kazan"?'),
            (alert(segment=is_("city", "x" * 9_000)), "segment", "use one of"),
            (alert(segment={"type": "not", "of": is_("region", "RU-M0W")}), "segment", 'did you mean "RU-MOW"?'),
            (alert(segment={"type": "any", "of": [RUSSIAN] * (MAX_TESTS + 1)}), "segment", "fewer"),
            (alert(segment=is_("language", *["ru"] * (MAX_VALUES + 1))), "segment", "fewer"),
            (alert(segment=nested(MAX_DEPTH)), "segment", "fewer"),
            (alert(topics=["nope"]), "topics", "use one of: children"),
            (alert(version=1), "", "leave it out"),
        ],
    )
    async def test_are_told_where_and_what_to_do(self, crm: Caller, body: Any, field: str, remedy: str) -> None:
        assert await crm.ask("POST", "/alerts", body, idempotency_key="k") == 422
        assert crm.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "errors"} == set(crm.said)
        (fault,) = crm.said["errors"]
        assert fault["field"] == field
        assert fault["what"]
        assert remedy in fault["remedy"]

    @pytest.mark.parametrize(
        ("raw", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b'{"name": "\\ud800"}', 400),
            (b"[" * 30_000, 400),
            (b'{"segment":' + b'{"type":"not","of":' * 2_000, 400),
            (b'"' + b"[" * 500 + b'"', 422),
            (b" " * 65_537, 413),
            (b"null", 422),
        ],
    )
    async def test_of_any_kind_are_refused(self, safar: Site, crm: Caller, raw: bytes, status: int) -> None:
        assert await crm.ask("POST", "/alerts", raw=raw, idempotency_key="k") == status
        assert crm.said["errors"]
        assert await safar.store.broadcasts.broadcasts(None) == []

    async def test_must_be_said_to_be_json(self, crm: Caller) -> None:
        assert await crm.ask("POST", "/alerts", alert(), content_type="text/plain", idempotency_key="k") == 415

    async def test_are_not_counted(self, crm: Caller) -> None:
        asked = {"segment": is_("region", "RU-M0W"), "urgency": "news"}
        assert await crm.ask("POST", "/segments/count", asked) == 422
        assert await crm.ask("POST", "/segments/count", {**asked, "segment": RUSSIAN, "topics": ["nope"]}) == 422


async def test_the_deepest_rule_that_staff_can_write_is_taken(crm: Caller) -> None:
    await crm.drafts(segment=nested(MAX_DEPTH - 1))


class TestChanging:
    async def test_the_whole_alert_anew_makes_a_new_version(self, crm: Caller) -> None:
        made = await crm.drafts()
        assert await crm.ask("PUT", f"/alerts/{made['key']}", alert(name="new", version=1)) == 200
        assert (crm.said["name"], crm.said["version"]) == ("new", 2)

    async def test_of_two_who_change_the_same_version_the_second_is_told(self, crm: Caller) -> None:
        made = await crm.drafts()
        assert await crm.ask("PUT", f"/alerts/{made['key']}", alert(name="one", version=1)) == 200
        assert await crm.ask("PUT", f"/alerts/{made['key']}", alert(name="two", version=1)) == 409
        assert await crm.ask("GET", f"/alerts/{made['key']}") == 200
        assert crm.said["name"] == "one"

    async def test_what_people_look_at_is_not_changed_under_their_hands(self, safar: Site, crm: Caller) -> None:
        made = await crm.drafts()
        assert await safar.store.broadcasts.propose("wages-desk", bytes.fromhex(made["key"]), 1, ANNA)
        assert await crm.ask("PUT", f"/alerts/{made['key']}", alert(name="new", version=1)) == 409
        assert "proposed" in crm.said["detail"]

    async def test_what_a_person_wrote_is_theirs(self, safar: Site, crm: Caller) -> None:
        made = await crm.drafts()
        (kept,) = await safar.store.broadcasts.broadcasts(None)
        drafting = Entry(handle="anna", what="alert-drafted")
        theirs = await safar.store.broadcasts.add("wages-desk", kept.draft, drafting)
        assert await crm.ask("PUT", f"/alerts/{theirs.key.hex()}", alert(version=1)) == 403
        assert await crm.ask("GET", f"/alerts/{theirs.key.hex()}") == 200
        assert crm.said["name"] == made["name"]

    async def test_a_new_token_goes_on_where_an_old_one_stopped(
        self, safar: Site, http: aiohttp.ClientSession, crm: Caller
    ) -> None:
        made = await crm.drafts()
        new = Caller(safar, http, await token(safar, "crm-2"))
        assert await new.ask("PUT", f"/alerts/{made['key']}", alert(name="new", version=1)) == 200
        assert new.said["editors"] == ["api:crm", "api:crm-2"]


class TestReading:
    async def test_the_newest_first_by_state(self, safar: Site, crm: Caller) -> None:
        one, two = await crm.drafts("1", name="one"), await crm.drafts("2", name="two")
        assert await crm.ask("GET", "/alerts") == 200
        assert [found["name"] for found in crm.said["alerts"]] == ["two", "one"]
        assert await safar.store.broadcasts.propose("wages-desk", bytes.fromhex(one["key"]), 1, ANNA)
        assert await crm.ask("GET", "/alerts?state=draft") == 200
        assert [found["key"] for found in crm.said["alerts"]] == [two["key"]]

    @pytest.mark.parametrize("query", ["state=gone", "stat=draft", "state=draft&state=done"])
    async def test_a_wrong_parameter_is_told(self, crm: Caller, query: str) -> None:
        assert await crm.ask("GET", f"/alerts?{query}") == 422

    async def test_a_report_hides_small_numbers(self, safar: Site, crm: Caller) -> None:
        made = await crm.drafts()
        assert await crm.ask("GET", f"/alerts/{made['key']}/report") == 200
        assert crm.said["tally"]["audience"] is None
        assert crm.said["state"] == "draft"


class TestCounting:
    @pytest.mark.parametrize(("there", "shown"), [(0, None), (9, None), (10, 10), (27, 20)])
    async def test_a_number_is_rounded_down_and_under_ten_is_nothing(
        self, safar: Site, crm: Caller, there: int, shown: int | None
    ) -> None:
        await people(safar, there)
        await people(safar, 3, "tg")
        assert await crm.ask("POST", "/segments/count", {"segment": RUSSIAN, "urgency": "news"}) == 200
        assert (crm.said["matching"], crm.said["reached"]) == (shown, shown)
        assert crm.said["by_language"]["tg"] is None
        assert all(value is None or value % 10 == 0 for value in crm.said["by_channel"].values())

    async def test_while_contacts_are_counted_it_says_when_to_ask_again(self, crm: Caller) -> None:
        assert await crm.ask("POST", "/segments/count", {"segment": RUSSIAN, "urgency": "news"}) == 503
        assert crm.headers["retry-after"] == "20"
