"""Our templates held against those of the account: found on every page, compared, made."""

from collections.abc import AsyncIterator
from math import ceil

import pytest

from bot.catalogue import Template
from bot.channels import DeliveryFailed
from bot.channels.whatsapp import STAND_INS, TemplateForm, WhatsApp
from bot.channels.whatsapp.client import Client
from bot.channels.whatsapp.synchronise import check_templates, compare, declared, forms, push
from bot.conversation import Choice, Event, Reply
from tests import real
from tests.fakes import graphfaults as faults
from tests.fakes.graphapi import BUSINESS_ID, PHONE_ID, TOKEN, GraphApi, graph_api


@pytest.fixture(scope="module")
def ours() -> dict[str, Template]:
    return dict(real.catalogue().templates)


@pytest.fixture
async def api() -> AsyncIterator[GraphApi]:
    async with graph_api() as api:
        yield api


@pytest.fixture
async def client(api: GraphApi) -> AsyncIterator[Client]:
    client = Client({PHONE_ID: TOKEN}, api.base_url)
    yield client
    await client.close()


async def pushed(api: GraphApi, client: Client, ours: dict[str, Template]) -> None:
    """All of ours, approved."""
    for one in declared(ours):
        await push(client, PHONE_ID, BUSINESS_ID, one)
        api.review(one.name, one.code, "APPROVED")


async def states(client: Client, ours: dict[str, Template]) -> dict[tuple[str, str], str]:
    rows = await compare(client, PHONE_ID, BUSINESS_ID, declared(ours))
    return {(row.name, row.code): row.state for row in rows}


def test_what_is_declared_is_what_the_channel_sends(ours: dict[str, Template]) -> None:
    sendable = forms(ours)
    for name, languages in sendable.items():
        assert not STAND_INS & languages.keys()
        assert {(one.name, one.code) for one in declared(ours) if one.name == name} == {
            (name, form.code) for form in languages.values()
        }
    assert sendable["reminder"]["ky"] == TemplateForm("ky_KG", 1)
    assert sendable["alert"]["uz"] == TemplateForm("uz", 2, ("organisation", "text"))


async def test_an_empty_account_lacks_all_and_has_all_once_they_are_pushed(
    api: GraphApi, client: Client, ours: dict[str, Template]
) -> None:
    assert set((await states(client, ours)).values()) == {"missing"}
    for one in declared(ours):
        await push(client, PHONE_ID, BUSINESS_ID, one)
    assert set((await states(client, ours)).values()) == {"pending"}
    for one in declared(ours):
        api.review(one.name, one.code, "APPROVED")
    assert set((await states(client, ours)).values()) == {"same"}
    assert await check_templates(client, PHONE_ID, BUSINESS_ID, ours) == ([], frozenset())


async def test_every_page_of_the_account_is_read(api: GraphApi, client: Client, ours: dict[str, Template]) -> None:
    api.templates[BUSINESS_ID].page = 2
    await pushed(api, client, ours)
    before = len(api.made("message_templates"))
    assert set((await states(client, ours)).values()) == {"same"}
    assert len(api.made("message_templates")) - before == ceil(len(declared(ours)) / 2)


async def test_each_difference_has_its_word_and_its_remedy(
    api: GraphApi, client: Client, ours: dict[str, Template]
) -> None:
    await pushed(api, client, ours)
    held = api.templates[BUSINESS_ID].all
    held["reminder", "ru"]["components"] = [{"type": "BODY", "text": "Другое."}]
    held["reminder", "uz"]["status"] = "PAUSED"
    held["reminder", "ky_KG"]["status"] = "REJECTED"
    held["answer_waiting", "ru"]["components"][1]["buttons"][0]["text"] = "Открыть"
    held["answer_waiting", "uz"]["status"] = "DISABLED"
    del held["answer_waiting", "ky_KG"]
    held["sale", "en"] = {**held["reminder", "ru"], "name": "sale", "language": "en"}
    assert await states(client, ours) == {
        ("alert", "ru"): "same",
        ("alert", "uz"): "same",
        ("alert", "ky_KG"): "same",
        ("answer_waiting", "ru"): "differs",
        ("answer_waiting", "uz"): "disabled",
        ("answer_waiting", "ky_KG"): "missing",
        ("reminder", "ru"): "differs",
        ("reminder", "uz"): "paused",
        ("reminder", "ky_KG"): "rejected",
        ("sale", "en"): "unknown",
    }
    findings, unsendable = await check_templates(client, PHONE_ID, BUSINESS_ID, ours)
    assert len(findings) == 6
    assert unsendable == {
        ("answer_waiting", "uz"),
        ("answer_waiting", "ky_KG"),
        ("reminder", "uz"),
        ("reminder", "ky_KG"),
    }
    assert "template answer_waiting (ky_KG) is missing: make it: safar whatsapp templates --push" in findings


@pytest.mark.parametrize(
    "fault", [faults.NO_PERMISSION, faults.BAD_GATEWAY, faults.Fault(status=200, body=b'{"data": 1}')]
)
async def test_a_check_in_the_background_says_one_line_and_never_raises(
    api: GraphApi, client: Client, ours: dict[str, Template], fault: faults.Fault
) -> None:
    api.fail("message_templates", fault, fault)
    (line,), unsendable = await check_templates(client, PHONE_ID, BUSINESS_ID, ours)
    assert line.startswith("the templates cannot be read (")
    assert not unsendable
    with pytest.raises(DeliveryFailed):
        await compare(client, PHONE_ID, BUSINESS_ID, declared(ours))


async def test_a_language_that_the_account_cannot_send_is_stood_in_for(
    api: GraphApi, client: Client, ours: dict[str, Template]
) -> None:
    await pushed(api, client, ours)
    api.review("reminder", "ky_KG", "PAUSED")
    api.person("KG.20000000000000000001")
    channel = WhatsApp(client, {"ky": "Тандоо"}, forms(ours))
    channel.paused |= (await check_templates(client, PHONE_ID, BUSINESS_ID, ours)).unsendable
    choices = (Choice(id="a", label="Көрсөтүү"),)
    reply = Reply(text="...", language="ky", template="reminder", choices=choices)
    (request,) = channel.render(reply, "KG.20000000000000000001", {}, closed=True)
    await channel.send(request, PHONE_ID)
    assert api.texts("KG.20000000000000000001") == [ours["reminder"].body.plain("ru")]
    await api.taps("KG.20000000000000000001", "Показать")
    assert channel.parse(api.hook.bodies[-1])[0].event == Event(kind="choice", choice="a")
    assert api.problems == []
