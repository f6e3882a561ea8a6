"""``docs/whatsapp.md`` against the code: its settings, languages and failures are those that there are."""

import re
from pathlib import Path

from bot.channels.whatsapp import CODES
from bot.delivery import FAILURES
from bot.settings import Settings, environment_name
from bot.text import LANGUAGES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "whatsapp.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table that follows these words."""
    lines = PAGE[PAGE.index(heading) :].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_its_five_values_are_the_settings() -> None:
    named = [cells[0].strip("`") for cells in rows("## 2. Five values")]
    five = [environment_name(name) for name in Settings.model_fields if name.startswith("whatsapp_")][:5]
    assert named == five


def test_its_languages_are_those_of_the_templates() -> None:
    told = {cells[0]: re.findall(r"`(\w+)`", cells[1]) for cells in rows("So that nobody is left without")}
    assert told == {LANGUAGES[language].own_name: [code] for language, code in CODES.items()}


def test_its_failures_are_rows_of_the_table() -> None:
    words = {word for cells in rows("## When something is wrong") for word in re.findall(r"`([a-z-]+)`", cells[0])}
    assert words
    assert words <= set(FAILURES)
