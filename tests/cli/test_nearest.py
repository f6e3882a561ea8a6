"""``safar nearest`` and ``safar points``: for scripts, and for eyes."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bot.cli.nearest import nearest
from bot.cli.points import points

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> Result:
    return CliRunner().invoke(nearest, [*words, "--root", str(ROOT)])


def records(*words: str) -> list[dict[str, Any]]:
    result = run("--json", *words)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.output)
    return found


def test_the_points_come_in_order_with_their_reasons() -> None:
    found = records(
        *("--need", "wages", "--citizenship", "UZ", "--language", "uz"),
        *("--city", "краснодар", "--at", "2026-11-24T12:00", "--explain"),
    )

    assert [one["id"] for one in found][:3] == ["uz-embassy-moscow", "uz-agency-moscow", "ru-rostrud-hotline"]
    assert found[0]["phones"] == ["+74992383620", "+74992300076"]
    assert {"own_citizenship", "national", "language", "always"} <= set(found[0]["reasons"])
    assert {"code": "language", "value": "uz,ru"} in found[0]["explained"]
    assert found[0]["name"] == "Oʻzbekistonning Moskvadagi elchixonasi, konsullik boʻlimi"


def test_a_place_by_coordinates_has_its_district_too() -> None:
    found = records("--need", "documents", "--citizenship", "KG", "--lat", "59.93", "--lon", "30.31")

    assert found[0]["id"] == "kg-consulate-spb"
    assert found[0]["phones"] == []
    assert found[0]["instead"]["id"] == "kg-embassy-moscow"
    assert found[0]["kilometres"] is not None


def test_hours_are_those_of_the_moment() -> None:
    asked = ("--need", "wages", "--citizenship", "TJ", "--city", "краснодар")
    by_day = {one["id"]: one for one in records(*asked, "--at", "2026-11-24T12:00")}
    by_night = {one["id"]: one for one in records(*asked, "--at", "2026-11-24T23:00")}

    assert by_day["tj-molmep-moscow"]["open"] == "open"
    assert by_day["tj-molmep-moscow"]["changes"] == "2026-11-24T18:00:00+03:00"
    assert by_night["tj-molmep-moscow"]["open"] == "closed"


def test_without_json_people_read_it() -> None:
    result = run("--need", "family_tracing", "--citizenship", "KG", "--city", "казань", "--explain")

    assert "Рядом такой помощи нет." in result.output
    assert "1. Российский Красный Крест" in result.output
    assert "own_citizenship=KG" in result.output


def test_what_is_asked_wrongly_is_said() -> None:
    assert 'no help point helps with "wage"; use one of children, detention, documents' in run("--need", "wage").output
    assert "--lat and --lon stand together" in run("--need", "wages", "--lat", "55").output
    assert "either --city or" in run("--need", "wages", "--lat", "55", "--lon", "37", "--city", "Омск").output
    assert 'there is no place "йцукен"' in run("--need", "wages", "--city", "йцукен").output


def test_the_points_to_check_again_are_listed_the_oldest_first() -> None:
    result = CliRunner().invoke(points, ["--recheck", "--older-than", "365", "--root", str(ROOT)])

    *lines, total = result.output.splitlines()
    assert "help points were not checked for more than 365 days" in total
    assert lines[0].startswith("никогда")
    assert any("tj-consulate-ufa  без телефона  content/help_points/consulates-ru.yaml:" in line for line in lines)
