"""Whether somebody gets an alert at this very moment."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.broadcasts.judging import Reach, judge_for
from bot.delivery.broadcasts.model import Alert
from bot.places import gazetteer
from bot.store.broadcast_protocol import DueDelivery
from tests.delivery.broadcasts.alerts import NOW, ORGANISATION, alert, broadcast

PLACES = gazetteer({}).get
FROZEN = alert(frozen={"ru": "Касса закрыта."})
NIGHT = NOW.replace(hour=20)


def judged(
    one: Alert, at: Any = NOW, *, channel: str = "telegram", last: int = 0, template: bool = False, **told: str
) -> str:
    profile = {"language": "ru", "country": "RU", "alerts": "all", **told}
    delivery = DueDelivery(
        id=1,
        contact=b"c",
        channel=channel,
        account="1",
        address="5",
        profile=json.dumps(profile).encode(),
        session=json.dumps({"last": last}).encode() if last else None,
    )
    reach = Reach(windows={"telegram": None, "whatsapp": 86_400.0}, template=lambda _: template)
    return judge_for(broadcast(one), one, at, PLACES, reach)(delivery)


def test_whoever_wants_it_gets_it() -> None:
    assert judged(FROZEN) == "send"


def test_nobody_gets_it_after_its_end() -> None:
    assert judged(FROZEN, FROZEN.ends) == "expired"


@pytest.mark.parametrize(
    "told", [{"alerts": "none"}, {"alerts": ""}, {"alerts": "life"}, {"alerts_without": ORGANISATION}]
)
def test_a_no_counts_at_once_also_for_what_is_queued(told: dict[str, Any]) -> None:
    assert judged(FROZEN, **told) == "opted-out"


def test_a_topic_that_somebody_does_not_follow_is_a_no() -> None:
    about = alert(frozen=FROZEN.frozen, topics=("money",))
    assert judged(about, follows="health") == "opted-out"
    assert judged(about, follows="health money") == "send"


def test_who_reads_none_of_its_languages_is_left_out_unless_life_is_in_danger() -> None:
    assert judged(FROZEN, language="ky") == "no-language"
    assert judged(alert(frozen=FROZEN.frozen, urgency="life"), language="ky") == "send"


def test_at_night_it_waits_unless_life_is_in_danger() -> None:
    assert judged(FROZEN, NIGHT) == "later"
    assert judged(FROZEN, NIGHT, city="ru-pri") == "later"
    assert judged(FROZEN, NOW.replace(hour=23), city="ru-pri") == "send"
    assert judged(alert(frozen=FROZEN.frozen, urgency="life"), NIGHT) == "send"


def test_outside_whatsapps_window_it_takes_a_template() -> None:
    now = int(NOW.timestamp())
    assert judged(FROZEN, channel="whatsapp", last=now - 3600) == "send"
    assert judged(FROZEN, channel="whatsapp", last=now - 86_400) == "no-template"
    assert judged(FROZEN, channel="whatsapp") == "no-template"
    assert judged(FROZEN, channel="whatsapp", template=True) == "send"


def test_a_window_that_is_about_to_close_is_closed() -> None:
    last = int((NOW - timedelta(hours=23, minutes=57)).timestamp())
    assert judged(FROZEN, channel="whatsapp", last=last) == "no-template"
