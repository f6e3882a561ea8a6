"""pywa, which knows nothing of Safar, drives the same fake server: the fake speaks the real protocol."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pywa.errors import (
    AuthorizationError,
    ReEngagementMessage,
    TemplateNotExists,
    TemplatePaused,
    ThrottlingError,
    TooManyMessages,
    WhatsAppError,
)
from pywa.types import Button, Section, SectionList, SectionRow
from pywa.types.templates import (
    BodyText,
    Buttons,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
)
from pywa_async import WhatsApp, types

from tests.fakes import graphfaults as faults
from tests.fakes.graphapi import APP_SECRET, BUSINESS_ID, PHONE_ID, TOKEN, VERIFY_TOKEN, Fault, GraphApi, graph_api
from tests.fakes.graphhook import signed

PERSON = "KG.20000000000000000001"


class _Elsewhere(httpx.AsyncHTTPTransport):
    """pywa has no option for another server: its requests are led there."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base = httpx.URL(base_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self._base.host, port=self._base.port)
        return await super().handle_async_request(request)


@asynccontextmanager
async def client(token: str = TOKEN) -> AsyncIterator[tuple[GraphApi, WhatsApp]]:
    async with graph_api() as api, httpx.AsyncClient(transport=_Elsewhere(api.base_url), timeout=0.5) as session:
        bot = WhatsApp(
            PHONE_ID,
            token,
            session=session,
            server=None,
            waba_id=BUSINESS_ID,
            app_secret=APP_SECRET,
            verify_token=VERIFY_TOKEN,
            skip_duplicate_updates=False,
        )
        yield api, bot


async def test_it_sends_all_that_we_send() -> None:
    async with client() as (api, bot):
        incoming = await api.says(PERSON, "hi")
        sent = await bot.send_message(PERSON, "Привет", tracker="row-1")
        assert sent.id == api.sent()[0].message
        await bot.send_message(PERSON, "Выберите", buttons=[Button("Да", callback_data="a"), Button("Нет", "b")])
        rows = [SectionRow(f"Город {number}", callback_data=str(number), description="Россия") for number in range(10)]
        await bot.send_message(PERSON, "Где вы?", buttons=SectionList("Города", [Section("Города", rows)]))
        await bot.send_location(PERSON, 55.75, 37.61, "Центр", "Улица, дом")
        await bot.request_location(PERSON, "Пришлите место")
        await bot.indicate_typing(incoming)
        await bot.mark_message_as_read(incoming)
        assert api.texts(PERSON) == ["Привет", "Выберите", "Где вы?", "Центр\nУлица, дом", "Пришлите место"]
        assert (api.marked, api.typing) == ([incoming, incoming], [incoming])
        assert api.problems == []


async def test_a_phone_number_is_an_address_too_and_comes_before_the_id() -> None:
    async with client() as (api, bot):
        await api.says(PERSON, "hi")
        other = api.person("KG.20000000000000000002", phone="996555000001")
        await api.says(other.id, "hi")
        await bot.send_message(other.phone, "по номеру")
        assert api.texts(other.id) == ["по номеру"]


async def test_it_reads_what_people_send() -> None:
    async with client() as (api, bot):
        seen: list[object] = []

        async def message(_: WhatsApp, told: types.Message) -> None:
            seen.append((told.from_user.bsuid, told.from_user.wa_id, told.text or told.location))

        bot.on_message(message)

        async def button(_: WhatsApp, tap: types.CallbackButton) -> None:
            seen.append((tap.title, tap.data, tap.reply_to_message.id if tap.reply_to_message else ""))

        bot.on_callback_button(button)

        async def selection(_: WhatsApp, tap: types.CallbackSelection) -> None:
            seen.append((tap.title, tap.description, tap.data))

        bot.on_callback_selection(selection)

        api.person(PERSON, phone="", username="amina.travels")
        await api.says(PERSON, "салам")
        sent = await bot.send_message(PERSON, "?", buttons=[Button("Да", callback_data="yes")])
        rows = [SectionRow("Ош", callback_data="osh", description="Ошская область")]
        await bot.send_message(PERSON, "??", buttons=SectionList("Города", [Section("Города", rows)]))
        await api.taps(PERSON, "Да")
        await api.taps(PERSON, "Ошская область")
        await api.sends_location(PERSON, 55.5, 37.5)
        for body in api.hook.bodies:
            header = signed(body, APP_SECRET)
            assert await bot.webhook_update_validator(body, header) is None
            assert await bot.webhook_update_handler(body) == ("ok", 200)
        told = [one for one in seen if isinstance(one, tuple)]
        assert told[0] == (PERSON, None, "салам")
        assert told[1] == ("Да", "yes", sent.id)
        assert told[2] == ("Ош", "Ошская область", "osh")
        assert told[3][2].latitude == 55.5


async def test_a_wrong_signature_is_refused() -> None:
    async with client() as (api, bot):
        await api.says(PERSON, "салам")
        body = api.hook.bodies[0]
        assert await bot.webhook_update_validator(body, signed(body, "another secret")) is not None
        assert await bot.webhook_update_validator(body + b" ", signed(body, APP_SECRET)) is not None


async def test_it_reads_what_became_of_a_message() -> None:
    async with client() as (api, bot):
        seen: list[tuple[str, str | None, str]] = []

        async def status(_: WhatsApp, told: types.MessageStatus) -> None:
            seen.append((told.status.value, told.tracker, ""))

        bot.on_message_status(status)

        async def failed(_: WhatsApp, update: types.RawUpdate) -> None:
            # pywa 4.5 gives up on a status without contacts, which is what Meta sends of a failure
            for told in update["entry"][0]["changes"][0]["value"].get("statuses", ()):
                if told["status"] == "failed":
                    error = WhatsAppError.from_dict(told["errors"][0])
                    seen.append((told["status"], told["biz_opaque_callback_data"], type(error).__name__))

        bot.on_raw_update(failed)

        await api.says(PERSON, "hi")
        api.hook.bodies.clear()
        api.statuses = ("read", "sent", "sent")
        await bot.send_message(PERSON, "x", tracker="row-7")
        api.fail("messages", faults.later(faults.HELD_BACK))
        await bot.send_message(PERSON, "y", tracker="row-8")
        api.skip(25 * 3600)
        await bot.send_message(PERSON, "z", tracker="row-9")
        await api.until(lambda: len(api.hook.bodies) == 5)
        for body in api.hook.bodies:
            await bot.webhook_update_handler(body)
        assert sorted(seen) == [
            ("failed", "row-8", "MessageUndeliverableDueToHealthyEcosystemEngagement"),
            ("failed", "row-9", "ReEngagementMessage"),
            ("read", "row-7", ""),
            ("sent", "row-7", ""),
            ("sent", "row-7", ""),
        ]
        assert api.texts(PERSON) == ["x"]


async def test_templates_are_made_reviewed_listed_and_sent() -> None:
    async with client() as (api, bot):
        for number in range(4):
            made = Template(
                name=f"reminder_{number}",
                category=TemplateCategory.UTILITY,
                language=TemplateLanguage.RUSSIAN,
                components=[BodyText("Вы просили напомнить."), Buttons(buttons=[QuickReplyButton(text="Показать")])],
            )
            created = await bot.create_template(made)
            assert created.status.value == "PENDING"
        api.templates[BUSINESS_ID].page = 3
        page = await bot.get_templates()
        names = [template.name for template in page]
        assert page.has_next
        names += [template.name for template in await page.next()]
        assert names == [f"reminder_{number}" for number in range(4)]
        with pytest.raises(TemplateNotExists):
            await bot.send_template(PERSON, "reminder_0", TemplateLanguage.RUSSIAN, [])
        api.review("reminder_0", "ru", "APPROVED")
        api.person(PERSON)  # has never written: a template may open the chat
        await bot.send_template(
            PERSON,
            "reminder_0",
            TemplateLanguage.RUSSIAN,
            [QuickReplyButton(text="Показать").params(index=0, callback_data="show")],
        )
        assert api.texts(PERSON) == ["Вы просили напомнить."]
        api.hook.bodies.clear()
        await api.taps(PERSON, "Показать")
        tapped = json.loads(api.hook.bodies[-1])["entry"][0]["changes"][0]["value"]["messages"][0]
        assert tapped["button"] == {"payload": "show", "text": "Показать"}
        api.review("reminder_0", "ru", "PAUSED")
        with pytest.raises(TemplatePaused):
            await bot.send_template(PERSON, "reminder_0", TemplateLanguage.RUSSIAN, [])
        assert api.problems == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.RATE_LIMITED, ThrottlingError),
        (faults.PAIR_LIMITED, TooManyMessages),
        (faults.EXPIRED_TOKEN, AuthorizationError),
        (faults.WINDOW_CLOSED, ReEngagementMessage),
        (faults.SERVER_ERROR, WhatsAppError),
        (faults.BAD_GATEWAY, WhatsAppError),
        (faults.DROPPED, httpx.RemoteProtocolError),
        (faults.HALF_CLOSED, httpx.RemoteProtocolError),
        (Fault(carried_out=True, hangs_seconds=2), httpx.ReadTimeout),
    ],
)
async def test_it_reads_every_fault_as_the_real_ones(fault: Fault, error: type[Exception]) -> None:
    async with client() as (api, bot):
        await api.says(PERSON, "hi")
        api.fail("messages", fault)
        with pytest.raises(error):
            await bot.send_message(PERSON, "x")


async def test_a_wrong_token_is_unknown() -> None:
    async with client("EAAWrong") as (_, bot):
        with pytest.raises(AuthorizationError):
            await bot.send_message(PERSON, "x")


async def test_it_asks_for_its_own_number() -> None:
    async with client() as (_, bot):
        assert (await bot.get_business_phone_number()).display_phone_number == "+15550100100"
