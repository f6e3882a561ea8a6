"""Help points to other programs and back: nothing lost, nothing shown before a review, no formula run."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales
from bot.cli.exchange import export, import_
from bot.places.exchange import FORMATS, BadFile, Record, propose, record_of
from bot.text import read_sheet, write_sheet

ROOT: Final = Path(__file__).resolve().parents[2]
LINE: Final = {
    "id": "new-line",
    "name": "Линия",
    "kind": "hotline",
    "needs": ["legal", "wages"],
    "serves": ["UZ"],
    "country": "RU",
    "scope": "national",
    "phones": ["+79990000000"],
    "cost": "free",
    "source": {"title": "A page"},
    "confidence": "high",
    "status": "active",
}


@pytest.fixture(scope="module")
def records() -> list[Record]:
    draft, _ = read_draft(ROOT, Locales(messages={}), date(2026, 11, 21))
    return [record_of(entry.shape) for entry in draft.points.values()]


@pytest.mark.parametrize("ending", FORMATS)
def test_what_goes_out_comes_back_as_it_was(records: list[Record], ending: str) -> None:
    read, write = FORMATS[ending]

    assert [one.record for one in read(write(records))] == records


def test_a_proposal_is_a_file_of_help_points_that_nobody_is_shown(records: list[Record], tmp_path: Path) -> None:
    read, write = FORMATS[".json"]
    proposal = propose(read(write(records)), "theirs.json", {"uz-embassy-moscow"})
    (tmp_path / "content" / "help_points").mkdir(parents=True)
    for number, text in enumerate(proposal.texts):
        (tmp_path / "content" / "help_points" / f"proposed-{number}.yaml").write_text(text, encoding="utf-8")
    draft, findings = read_draft(tmp_path, Locales(messages={}), date(2026, 11, 21))

    assert (proposal.problems, proposal.known) == ((), ("uz-embassy-moscow",))
    assert [finding for finding in findings if "help_points" in finding.at.file] == []
    assert len(draft.points) == len(records) == proposal.count
    assert draft.catalogue.points == {}
    assert not any(entry.shape.public_address for entry in draft.points.values())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hours": "Mo 25:00"}, '"Mo 25:00" has a wrong form; write it as Mo-Fr 09:00-18:00, 24/7 or unknown'),
        ({"hours": "Mo 24:30-24:40"}, '"Mo 24:30-24:40" are no opening hours'),
        ({"phones": ["позвоните"]}, '"позвоните" has a wrong form; write it as 112 or +7 495 000-00-00'),
        ({"kind": "hotlien"}, '"hotlien" is not known here; did you mean "hotline"?'),
        ({"needs": []}, '"needs" has 0 entries; write 1 or more'),
        ({"adress": "here"}, '"adress" is not known here; did you mean "address"?'),
        ({"country": "UK"}, '"UK" is not known here'),
        ({"lat": "55.7"}, "lat, lon and geo_precision stand together"),
        ({"scope": "local"}, "a local point has no city"),
        ({"regions": ["KZ-79"]}, "KZ-79 is not in RU"),
        ({"name": ""}, '"name" is empty; write the text'),
        ({"id": "../../etc/passwd"}, "use small Latin letters, digits and -, at most 64"),
    ],
)
def test_a_wrong_value_is_named_with_a_remedy(change: dict[str, Any], problem: str) -> None:
    read, write = FORMATS[".geojson"]
    text = write([LINE, {**LINE, "id": "wrong"}])
    document = json.loads(text)
    document["features"][1]["properties"] |= change
    proposal = propose(read(json.dumps(document)), "theirs.geojson", ())

    assert [one for one in proposal.problems if one.startswith("theirs.geojson, feature 2: ") and problem in one]
    assert proposal.texts == ()


@pytest.mark.parametrize(("ending", "where"), [(".csv", "line 3"), (".geojson", "feature 2"), (".json", "service 2")])
def test_the_place_of_a_wrong_point_is_named(ending: str, where: str) -> None:
    read, write = FORMATS[ending]
    proposal = propose(read(write([LINE, {**LINE, "id": "wrong", "kind": "hotlien"}])), f"theirs{ending}", ())

    assert proposal.problems == (f'theirs{ending}, {where}: "hotlien" is not known here; did you mean "hotline"?',)


def test_a_column_that_no_point_has_and_a_cell_too_many_are_named() -> None:
    read, write = FORMATS[".csv"]
    header, line, _ = write([LINE]).split("\r\n")
    proposal = propose(read(f'{header},"adress"\n{line},"here"\n{line},"here","more"\n'), "a.csv", ())

    assert proposal.problems[0] == 'a.csv, line 2: "adress" is not known here; did you mean "address"?'
    assert 'a.csv, line 3: "" is not known here' in " ".join(proposal.problems)


def test_one_id_is_one_point() -> None:
    read, write = FORMATS[".csv"]

    assert propose(read(write([LINE, LINE])), "a.csv", ()).problems == (
        'a.csv, line 3: the id "new-line" is taken by line 2; give it another',
    )


@pytest.mark.parametrize(
    ("ending", "text", "problem"),
    [
        (".json", "[" * 100_000, "nested more than 50 levels"),
        (".geojson", '{"a":' * 60 + "1" + "}" * 60, "nested more than 50 levels"),
        (".json", "{", "this is not JSON"),
        (".json", "3", "these are no services of HSDS 3"),
        (".geojson", '{"type": "Feature"}', "this is no FeatureCollection"),
        (".csv", "name,phone\na,b\n", "names no column id"),
        (".csv", 'id\n"open', "this is not CSV"),
        (".csv", "id\n" + "a\n" * 5001, "more than 5000 points"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(ending: str, text: str, problem: str) -> None:
    with pytest.raises(BadFile, match=problem):
        FORMATS[ending][0](text)


def test_what_others_write_is_read_as_far_as_it_goes() -> None:
    """A service as a directory in another country lists it: what is missing is asked for."""
    service = {
        "id": "ac148810-d857-441c-9679-408f346de14b",
        "name": "Community Counselling",
        "status": "active",
        "url": "https://example.org",
        "phones": [{"id": "1", "number": "+44 1234 234567"}],
        "schedules": [{"id": "1", "description": "Weekdays from 10 to 6", "opens_at": "10:00"}],
        "languages": [{"id": "1", "name": "Urdu", "code": "ur"}],
        "service_at_locations": [{"id": "1", "location": {"latitude": 52, "longitude": 13.5, "addresses": []}}],
    }
    [read] = FORMATS[".json"][0](json.dumps([service]))

    assert read.record["phones"] == ["+44 1234 234567"]
    assert (read.record["lat"], read.record["lon"]) == ("52", "13.5")
    assert "hours" not in read.record
    problems = " ".join(propose([read], "theirs.json", ()).problems)
    assert all(f'"{key}" is missing; add it' in problems for key in ("kind", "needs", "serves", "country", "scope"))


def test_the_services_have_the_fields_that_the_specification_requires(records: list[Record]) -> None:
    page = json.loads(FORMATS[".json"][1](records))

    assert page["total_items"] == len(records) == len(page["contents"])
    for service in page["contents"]:
        assert {"id", "name", "status", "organization"} <= service.keys()
        assert service["status"] in {"active", "inactive", "defunct", "temporarily closed"}
        assert all({"id", "number"} <= phone.keys() for phone in service["phones"])
        for at in service.get("service_at_locations", ()):
            assert {"id", "location_type"} <= at["location"].keys()


@pytest.mark.parametrize(
    "cell", ["=1+1", "+7 999", "-2", "@SUM(A1)", "%x", "|calc", "\tx", "\rx", "a\r\nb", "'=1", " =1", "a\tb", "'", "x"]
)
def test_a_spreadsheet_takes_every_cell_for_text(cell: str) -> None:
    text = write_sheet(["id"], [{"id": cell}])
    [row] = list(csv.reader(io.StringIO(text, newline="")))[1:]

    assert row[0] == cell if cell == "x" else row[0] == f"'{cell}"
    assert [cells for _, cells in read_sheet(text)] == [{"id": cell}]


def test_nothing_else_writes_csv() -> None:
    """T71: one writer."""
    writers = [path for path in (ROOT / "bot").rglob("*.py") if "csv.writer" in path.read_text(encoding="utf-8")]
    assert [path.name for path in writers] == ["sheet.py"]


def test_out_and_in_by_command(tmp_path: Path) -> None:
    run = CliRunner()
    out = run.invoke(export, ["points", str(tmp_path / "ours.csv"), "--root", str(ROOT)])
    assert out.exit_code == 0, out.output
    assert "ru-memorial-warning" not in (tmp_path / "ours.csv").read_text(encoding="utf-8")

    taken = run.invoke(import_, ["points", str(tmp_path / "ours.csv"), "--root", str(ROOT)])
    assert taken.exit_code == 0, taken.output
    files = sorted(tmp_path.glob("*.yaml"))
    proposed = [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]
    assert [file.name for file in files] == ["ours-2.yaml", "ours-3.yaml", "ours.yaml"]
    assert {(one["status"], one["confidence"]) for one in proposed} == {("unknown", "low")}

    again = run.invoke(import_, ["points", str(tmp_path / "ours.csv"), "--root", str(ROOT)])
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_a_broken_or_too_large_file_writes_nothing(tmp_path: Path) -> None:
    run = CliRunner()
    (tmp_path / "bad.csv").write_text("id,name\na,b\n", encoding="utf-8")
    (tmp_path / "large.csv").write_text("id\n" + "a" * 5_000_001, encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes(b"id\n\xe9\n")
    (tmp_path / "points.xls").write_text("", encoding="utf-8")
    for name, problem in (
        ("bad.csv", 'bad.csv, line 2: "kind" is missing; add it'),
        ("large.csv", "more than 5000000"),
        ("latin.csv", "is not in UTF-8"),
        ("points.xls", "has no known ending"),
        ("absent.csv", "cannot be read"),
    ):
        taken = run.invoke(import_, ["points", str(tmp_path / name), "--root", str(ROOT)])
        assert taken.exit_code == 1
        assert problem in taken.output
    assert list(tmp_path.glob("*.yaml")) == []
