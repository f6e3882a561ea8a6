"""THREATS T37, M7: an alert beyond the window of WhatsApp: a template, its button, the whole of it, a refusal."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio

from bot.catalogue import Catalogue
from bot.channels.whatsapp import CODES, STAND_INS, WhatsApp
from bot.channels.whatsapp.client import Client
from bot.channels.whatsapp.synchronise import declared, forms, push
from bot.conversation import Event, Session, Shown, alert_reply, turn
from bot.text import LANGUAGES
from tests.conversation.chat import NOON
from tests.fakes.graphapi import BUSINESS_ID, PHONE_ID, TOKEN, GraphApi, graph_api

PERSON = "TJ.20000000000000000001"
LIFE = Shown(
    texts={"ru": "Вода поднимается.\nУходите наверх.", "tg": "Об баланд мешавад.\nБа боло равед."},
    organisation="this-team",
    code="12345678",
    urgency="life",
    source_title="МЧС",
    source_checked=date(2026, 3, 30),
    ends=date(2026, 4, 30),
)


@pytest_asyncio.fixture
async def api() -> AsyncIterator[GraphApi]:
    async with graph_api() as api:
        yield api
        assert api.problems == []


@pytest_asyncio.fixture
async def channel(api: GraphApi, catalogue: Catalogue) -> AsyncIterator[WhatsApp]:
    client = Client({PHONE_ID: TOKEN}, api.base_url)
    for one in declared(catalogue.templates):
        await push(client, PHONE_ID, BUSINESS_ID, one)
        api.review(one.name, one.code, "APPROVED")
    api.person(PERSON)
    yield WhatsApp(client, dict.fromkeys(LANGUAGES, "x"), forms(catalogue.templates))
    await client.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_its_template_holds_the_sender_and_its_buttons_open_and_refuse_it(
    api: GraphApi, channel: WhatsApp, catalogue: Catalogue, language: str
) -> None:
    (request,) = channel.render(alert_reply(LIFE, language, catalogue), PERSON, {}, closed=True)
    await channel.send(request, PHONE_ID)
    (shown,) = api.texts(PERSON)
    assert catalogue.organisations["this-team"].name.plain(language) in shown
    assert ("Ба боло равед" if language == "tg" else "Уходите наверх") in shown
    assert "\n" not in shown
    assert "{" not in shown

    spoken = "ru" if language == "tg" else "uz" if language == "uz_Cyrl" else language
    assert (language in STAND_INS) is (spoken != language)
    assert request.params["template"]["language"] == {"code": CODES[language]}
    session = Session(profile={"language": language, "alerts": "life"})
    opens, refuses = catalogue.templates["alert"].buttons
    await api.taps(PERSON, opens.plain(spoken))
    taken = turn(session, tapped(channel, api), catalogue, NOON, "whatsapp", alerts=[LIFE])
    assert taken.said == ("alert",)
    assert "1234 5678" in taken.replies[0].text
    await api.taps(PERSON, refuses.plain(spoken))
    taken = turn(session, tapped(channel, api), catalogue, NOON, "whatsapp", alerts=[LIFE])
    assert taken.session.profile["alerts_without"] == "this-team"


def tapped(channel: WhatsApp, api: GraphApi) -> Event:
    event = channel.parse(api.hook.bodies[-1])[0].event
    assert event is not None
    return event
