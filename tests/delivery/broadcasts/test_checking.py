"""What must be mended in an alert before it is proposed: each finding, and what is none."""

from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.broadcasts.checking import findings
from bot.delivery.broadcasts.model import Source
from bot.delivery.broadcasts.rule import EVERYBODY, Is
from tests.delivery.broadcasts.alerts import NOW, alert
from tests.delivery.broadcasts.offices import OURS, content

SOURCE = alert().source
LATER = NOW + timedelta(days=1)


def found(level: str = "error", organisation: str = OURS, **changes: Any) -> list[str]:
    said = findings(alert(**changes), organisation, content(), NOW)
    return [f"{one.at} {one.rule}" for one in said if one.level == level]


def test_a_good_alert_has_none() -> None:
    assert found() == []
    assert found("warning") == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"name": " "}, "name empty"),
        ({"segment": EVERYBODY}, "texts.ky missing-text"),
        ({"segment": Is(key="language", values=("ru", "uz"))}, "texts.uz missing-text"),
        ({"source": Source(title="", url="", checked_on="2026-03-10")}, "source.title missing-source"),
        ({"source": Source(title="т", url="http://example.org", checked_on="2026-03-10")}, "source.url bad-link"),
        ({"source": Source(title="т", url="", checked_on="вчера")}, "source.checked_on bad-value"),
        ({"source": Source(title="т", url="", checked_on="2026-03-20")}, "source.checked_on bad-value"),
        ({"source": Source(title="Медуза", url="", checked_on="2026-03-10")}, "source.title barred-name"),
        ({"source": Source(title="т", url="https://meduza.io/1", checked_on="2026-03-10")}, "source.url barred-name"),
        ({"texts": {"ru": "Как пишет Медуза, касса закрыта."}}, "texts.ru barred-name"),
        ({"ends": NOW}, "ends ends-in-the-past"),
        ({"ends": NOW + timedelta(days=91)}, "ends ends-too-late"),
        ({"starts": NOW + timedelta(days=4)}, "starts starts-after-its-end"),
        ({"repeat": "monthly"}, "starts repeat-without-start"),
        ({"texts": {"ru": "Штраф {fact:nothing}."}}, "texts.ru unknown-fact"),
        ({"texts": {"ru": "Отправьте деньги на карту."}}, "texts.ru lure"),
        ({"texts": {"ru": "Звоните +7 495 123-45-67."}}, "texts.ru typed-phone"),
        ({"texts": {"ru": "Читайте https://example.org."}}, "texts.ru typed-link"),
        ({"texts": {"ru": "а" * 1100}}, "texts.ru text-too-long"),
    ],
)
def test_an_error(changes: dict[str, Any], finding: str) -> None:
    assert finding in found(**changes)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"source": Source(title="т", url="", checked_on="2026-01-10")}, "source.checked_on old-source"),
        ({"starts": NOW - timedelta(hours=1)}, "starts starts-in-the-past"),
        ({"urgency": "life", "segment": EVERYBODY}, "texts.ky missing-text"),
        ({"texts": {"ru": "Полиция проверяет рынок."}}, "texts.ru preview-word"),
        ({"texts": {"ru": "Касса у «ozodlik» закрыта."}}, "texts.ru barred-name"),
    ],
)
def test_a_warning(changes: dict[str, Any], finding: str) -> None:
    assert finding in found("warning", **changes)
    assert found(**changes) == []


def test_ninety_days_count_from_the_start() -> None:
    assert found(starts=NOW + timedelta(days=60), ends=NOW + timedelta(days=149)) == []


def test_people_could_not_be_told_who_writes() -> None:
    assert found(organisation="nobody") == ["name unknown-organisation"]


def test_uzbek_in_cyrillic_letters_is_made_by_rule() -> None:
    both = Is(key="language", values=("uz", "uz_Cyrl"))
    assert found(segment=both, texts={"uz": "Kassa yopiq."}) == []
