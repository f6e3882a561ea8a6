"""The editors' tests are read with their places; playing them is the conversation's part."""

from datetime import date
from pathlib import Path

from bot.catalogue import load_transcripts
from bot.text import LANGUAGES

MINI = Path(__file__).parent / "mini"


def test_a_transcript_is_read_with_steps_languages_and_places() -> None:
    (transcript,), findings = load_transcripts(MINI)

    assert findings == ()
    assert (transcript.name, transcript.flow, transcript.ends_in) == ("work.short", "work", "menu.choose")
    assert transcript.today == date(2026, 11, 21)
    assert transcript.profile == {"citizenship": "UZ"}
    assert transcript.languages == tuple(LANGUAGES)
    typed, tapped, _ = transcript.steps
    assert typed.types == {"ru": "вчера", "uz": "kecha"}
    assert typed.sees == ("work.told", "work.kinds")
    assert tapped.taps == "house"
    assert str(tapped.at) == "flows/transcripts/work.short.yaml:8:5"


def test_words_for_all_languages_are_typed_in_each(root: Path) -> None:
    path = root / "flows/transcripts/work.short.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{ru: вчера, uz: kecha}", "05.03.2026"), encoding="utf-8")

    (transcript,), _ = load_transcripts(root)

    assert transcript.steps[0].types == dict.fromkeys(LANGUAGES, "05.03.2026")


def test_what_has_no_shape_is_a_finding(root: Path) -> None:
    path = root / "flows/transcripts/work.short.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("taps: house", "tap: house"), encoding="utf-8")
    path.with_name("odd.yaml").write_text(path.read_text(encoding="utf-8").replace("tap:", "taps:"), encoding="utf-8")

    transcripts, findings = load_transcripts(root)

    assert [transcript.name for transcript in transcripts] == ["odd"]
    assert [str(finding) for finding in findings] == [
        'flows/transcripts/odd.yaml:1:1 bad-id: "odd" is a bad name for a file; '
        "use small Latin letters, digits and -, as FLOW.CASE.yaml",
        'flows/transcripts/work.short.yaml:8:5 unknown-key: "tap" is not known here; did you mean "taps"?',
    ]
