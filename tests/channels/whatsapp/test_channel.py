from bot.channels import Sent
from bot.channels.whatsapp import WhatsApp
from bot.conversation import Reply
from tests.channels.whatsapp.recorder import Recorder
from tests.channels.whatsapp.webhooks import ACCOUNT, PERSON, typed
from tests.fakes.graphspec import problem

LABELS = {"ru": "Выбрать"}


async def test_what_is_sent_carries_what_its_reports_are_known_by() -> None:
    recorder = Recorder()
    channel = WhatsApp(recorder, LABELS)
    (request,) = channel.render(Reply(text="Да", language="ru"), PERSON, {})
    assert await channel.send(request, ACCOUNT, "reply-7") == Sent()
    assert recorder.calls == [(ACCOUNT, "messages", {**request.params, "biz_opaque_callback_data": "reply-7"})]
    assert problem(recorder.calls[0][2]) is None


async def test_a_read_mark_carries_nothing_for_it_has_no_reports() -> None:
    recorder = Recorder()
    channel = WhatsApp(recorder, LABELS)
    ((call,),) = (incoming.calls for incoming in channel.parse(typed("да")))
    await channel.send(call, ACCOUNT, "reply-7")
    assert recorder.calls == [(ACCOUNT, "messages", call.params)]
    assert problem(call.params) is None


def test_the_limits_of_the_platform_are_known() -> None:
    channel = WhatsApp(Recorder(), LABELS)
    assert (channel.per_second, channel.both_ways) == (80, True)
    assert channel.chat_pace.burst < 45
    assert channel.chat_pace.per_second == 1 / 6
    assert channel.window_seconds == 86_400
    assert channel.reports
    assert WhatsApp(Recorder(), LABELS, messages_per_second=20).per_second == 20


def test_nothing_can_be_taken_back() -> None:
    assert WhatsApp(Recorder(), LABELS).render_wipe(["wamid.1"], PERSON) == []
