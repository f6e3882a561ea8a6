"""The editors' tests: what they find, and how their expectations are written anew."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.catalogue import Ask, Catalogue, Literal_, load_transcripts
from bot.conversation import play, rewritten

HEAD = "title: Проверка\ntoday: 2026-03-31\nprofile: {citizenship: UZ}\nflow: trip\n"
GOOD = """turns:
  - sees: [trip.where]
  - types: {ru: Россия, uz: rossiya}
    sees: [trip.when]
  - taps: long
  - sees: [trip.fact, article:wages, help.call, menu.top]
    shows: {ru: Запишите дни работы}
ends_in: menu.top
"""


def _found(tmp_path: Path, catalogue: Catalogue, turns: str, head: str = HEAD) -> list[str]:
    folder = tmp_path / "flows" / "transcripts"
    folder.mkdir(parents=True)
    (folder / "trip.case.yaml").write_text(head + turns, encoding="utf-8")
    transcripts, broken = load_transcripts(tmp_path)
    assert not broken
    return [str(finding) for transcript in transcripts for finding in play(transcript, catalogue)]


def test_what_is_expected_and_seen_is_no_finding(tmp_path: Path, catalogue: Catalogue) -> None:
    assert _found(tmp_path, catalogue, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("[trip.when]", "[trip.why]", 7, "sees [trip.when], not [trip.why]; correct sees"),
        ("[trip.when]", "[]", 7, "sees [trip.when], not nothing"),
        ("taps: long", "taps: lang", 9, 'no choice "lang" is offered, but [short, long, back]; tap one of these'),
        ("Запишите", "Пишите", 10, 'nothing shows "Пишите дни работы"'),
        ("ends_in: menu.top", "ends_in: nothing", 12, "it ends in menu.top, not in nothing"),
    ],
)
def test_what_differs_is_named_once_at_its_line(
    tmp_path: Path, catalogue: Catalogue, old: str, new: str, line: int, what: str
) -> None:
    found = _found(tmp_path, catalogue, GOOD.replace(old, new))
    assert found[0].startswith(f"flows/transcripts/trip.case.yaml:{line}:")
    assert "transcript: trip.case (ru): " + what in found[0]
    assert len([finding for finding in found if f":{line}:" in finding]) == 1


def test_an_article_or_a_command_can_be_tapped_on_an_old_message(tmp_path: Path, catalogue: Catalogue) -> None:
    turns = """turns:
  - taps: article:secret
    sees: [phrase:who-can-see, article:secret, phrase:answer-continues, trip.where]
  - taps: help
    sees: [help.call, phrase:answer-continues, trip.where]
ends_in: trip.where
"""
    assert _found(tmp_path, catalogue, turns) == []


def test_a_brace_that_is_left_in_a_reply_is_found(tmp_path: Path, catalogue: Catalogue) -> None:
    trip = catalogue.flows["trip"]
    where = trip.nodes["where"]
    assert isinstance(where, Ask)
    form = replace(where.text.forms["tg"], parts=(Literal_(text="Ба куҷо {x}?"),))
    text = replace(where.text, forms={**where.text.forms, "tg": form})
    flows = {**catalogue.flows, "trip": replace(trip, nodes={**trip.nodes, "where": replace(where, text=text)})}
    turns = "turns:\n  - types: бла\n  - types: бла\nends_in: trip.where\n"
    (found,) = _found(tmp_path, replace(catalogue, flows=flows), turns)
    assert "trip.case (tg): a brace is left in a reply" in found


def test_expectations_are_written_anew_and_everything_else_stays(tmp_path: Path, catalogue: Catalogue) -> None:
    wrong = GOOD.replace("sees: [trip.when]", "sees:\n      - trip.why\n      - trip.how  # ?")
    wrong = HEAD + wrong.replace("ends_in: menu.top", "ends_in: nothing").replace("[trip.where]", "[x]")
    assert _found(tmp_path, catalogue, wrong, head="")
    (transcript,), _ = load_transcripts(tmp_path)
    assert rewritten(wrong, transcript, catalogue) == HEAD + GOOD


def test_a_transcript_is_played_on_its_own_day(tmp_path: Path, catalogue: Catalogue) -> None:
    turns = "turns:\n  - taps: RU\n  - taps: long\n    shows: {ru: 31 марта 2026}\nends_in: menu.top\n"
    assert _found(tmp_path, catalogue, turns) == []
    assert catalogue.facts["old"].on(date(2026, 3, 31)) is not None
