"""What people really type: two tables of names, colloquial, misspelt, inflected, in the wrong letters."""

from collections import Counter
from pathlib import Path

import pytest

from bot.places import Gazetteer
from bot.text import clean

HERE = Path(__file__).parent


def rows(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("table", ["typed.tsv", "held_out.tsv"])
def test_at_least_95_of_100_are_right_and_at_most_2_are_wrong(table: str, places: Gazetteer) -> None:
    """A question back is neither, save where it is the right answer ("?")."""
    counts: Counter[str] = Counter()
    missed = []
    for typed, language, expected in rows(table):
        found = places.find(clean(typed)).place
        seen = found.id if found else "?"
        counts["right" if seen == expected else "asked" if seen == "?" else "wrong"] += 1
        if seen != expected:
            missed.append(f"{typed} ({language}): {seen}, not {expected}")

    assert counts["right"] >= 0.95 * counts.total(), missed
    assert counts["wrong"] <= 0.02 * counts.total(), missed


@pytest.mark.parametrize(("table", "least"), [("typed.tsv", 200), ("held_out.tsv", 150)])
def test_the_tables_are_large_and_speak_all_five_variants(table: str, least: int, places: Gazetteer) -> None:
    typed = rows(table)

    assert len(typed) >= least
    assert {language for _, language, _ in typed} == {"ru", "uz", "uz_Cyrl", "tg", "ky"}
    assert [expected for *_, expected in typed if expected != "?" and places.get(expected) is None] == []
