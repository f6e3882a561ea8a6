"""Answers beside plain search on the same lines in the same run: recall, time, growth.

python -m benchmarks.answers --json [--questions FILE] [--folds 5]

``questions`` are measured with nothing of them in the index; ``folds`` cross-validate over the articles' own questions:
some of each fifth are asked of an index without it. The baselines find the nearest line: BM25 over words, TF-IDF over
groups of letters, rapidfuzz, SQLite's trigram index.
"""

import argparse
import gc
import json
import math
import sqlite3
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from rapidfuzz import fuzz, process

from bot.answers import Answers, Case, read_cases
from bot.catalogue import Catalogue, load
from bot.text import fold

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "../shared/questions/dev.jsonl"
Rank = Callable[[str], list[str]]
#: Questions that each fold asks: the slowest baseline takes 20 ms for one.
_HELD_OUT = 400
Lines = Sequence[tuple[str, str]]


def lines_of(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Topic and folded text: what our own index is made of."""
    lines = []
    for article in catalogue.articles.values():
        lines += [(article.id, fold(article.title.plain(language))) for language in article.title.forms]
        lines += [(article.id, fold(question)) for asked in article.questions.values() for question in asked]
    return lines


def best_topics(scored: list[tuple[float, str]]) -> list[str]:
    return list(dict.fromkeys(topic for _, topic in sorted(scored, key=lambda one: -one[0])))[:3]


def _vectors(lines: Lines, terms: Callable[[str], list[str]], *, bm25: bool) -> Rank:
    counted = [(topic, Counter(terms(key))) for topic, key in lines]
    held = Counter(term for _, counts in counted for term in counts)
    mean = sum(sum(counts.values()) for _, counts in counted) / len(counted)
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    rarity = {term: math.log(1 + (len(counted) - number + 0.5) / (number + 0.5)) for term, number in held.items()}
    for place, (_, counts) in enumerate(counted):
        length = sum(counts.values())
        norm = math.sqrt(sum((n * rarity[term]) ** 2 for term, n in counts.items())) or 1.0
        for term, n in counts.items():
            weight = n * 2.2 / (n + 1.2 * (0.25 + 0.75 * length / mean)) if bm25 else n * rarity[term] / norm
            postings[term].append((place, rarity[term] * weight))

    def rank(text: str) -> list[str]:
        scores: dict[int, float] = defaultdict(float)
        for term in set(terms(fold(text))):
            for place, weight in postings.get(term, ()):
                scores[place] += weight
        return best_topics([(score, counted[place][0]) for place, score in scores.items()])

    return rank


def letters(key: str) -> list[str]:
    padded = f" {key} "
    return [padded[at : at + size] for size in (3, 4) for at in range(len(padded) - size + 1)]


def fuzzy(lines: Lines) -> Rank:
    keys = [key for _, key in lines]

    def rank(text: str) -> list[str]:
        found = process.extract(fold(text), keys, scorer=fuzz.token_set_ratio, limit=30)
        return best_topics([(score, lines[place][0]) for _, score, place in found])

    return rank


def trigram(lines: Lines) -> Rank:
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table lines using fts5(topic unindexed, key, tokenize = 'trigram')")
    base.executemany("insert into lines values (?, ?)", lines)

    def rank(text: str) -> list[str]:
        words = [word for word in fold(text).split() if len(word) > 2]
        asked = " OR ".join(f'"{word[at : at + 3]}"' for word in words for at in range(len(word) - 2))
        if not asked:
            return []
        rows = base.execute("select topic from lines where lines match ? order by rank limit 30", (asked,)).fetchall()
        return list(dict.fromkeys(row[0] for row in rows))[:3]

    return rank


def ours(catalogue: Catalogue) -> Rank:
    answers = Answers(catalogue)
    return lambda text: list(answers.ask(text).topics)


def finders(catalogue: Catalogue) -> dict[str, Rank]:
    lines = lines_of(catalogue)
    return {
        "safar": ours(catalogue),
        "bm25 words": _vectors(lines, str.split, bm25=True),
        "tf-idf letters": _vectors(lines, letters, bm25=False),
        "fuzzy": fuzzy(lines),
        "sqlite trigram": trigram(lines),
    }


def recall(rank: Rank, cases: Sequence[Case]) -> dict[str, float]:
    first = third = 0
    times = []
    gc.collect()
    gc.freeze()  # as the bot does after its start
    for case in cases:
        began = time.perf_counter()
        topics = rank(case.text)
        times.append((time.perf_counter() - began) * 1000)
        first += bool(topics) and topics[0] in case.topics
        third += bool(set(topics[:3]) & set(case.topics))
    times.sort()
    return {
        "recall@1": round(first / len(cases), 4),
        "recall@3": round(third / len(cases), 4),
        "p50_ms": round(times[len(times) // 2], 3),
        "p99_ms": round(times[len(times) * 99 // 100], 3),
    }


def without(catalogue: Catalogue, fold_number: int, folds: int) -> tuple[Catalogue, list[Case]]:
    """The catalogue without every n-th question of each article, and some of these as cases, spread evenly."""
    cases, articles = [], {}
    for article in catalogue.articles.values():
        kept: dict[str, tuple[str, ...]] = {}
        for language, questions in article.questions.items():
            held = questions[fold_number::folds]
            cases += [Case(text=question, lang=language, topics=(article.id,)) for question in held]
            kept[language] = tuple(question for question in questions if question not in held)
        articles[article.id] = replace(article, questions=kept)
    return replace(catalogue, articles=articles), cases[:: max(1, len(cases) // _HELD_OUT)]


def grown(catalogue: Catalogue, times: int) -> Catalogue:
    """As many articles again, with other words of the same shape: letters of their questions are moved on."""
    articles = dict(catalogue.articles)
    alphabet = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
    for copy in range(1, times):
        moved = str.maketrans(alphabet, alphabet[copy:] + alphabet[:copy])
        for article in catalogue.articles.values():
            questions = {
                language: tuple(question.casefold().translate(moved) for question in asked)
                for language, asked in article.questions.items()
            }
            articles[f"{article.id}-{copy}"] = replace(article, id=f"{article.id}-{copy}", questions=questions)
    return replace(catalogue, articles=articles)


def building(catalogue: Catalogue) -> dict[str, float]:
    """Seconds of this process, and megabytes that stay."""
    gc.collect()
    began = time.process_time()
    Answers(catalogue)
    seconds = time.process_time() - began
    tracemalloc.start()
    kept = Answers(catalogue)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return {"build_seconds": round(seconds, 3), "megabytes": round(size / 2**20, 1)}


def measure(questions: Path, folds: int) -> dict[str, Any]:
    catalogue = load(ROOT, as_of=date(2026, 11, 21)).catalogue
    assert catalogue is not None, "the catalogue has errors: safar check"
    result: dict[str, Any] = {"articles": len(catalogue.articles), **building(catalogue)}
    if questions.exists():
        cases = read_cases(questions.read_bytes().splitlines())
        result["questions"] = {name: recall(rank, cases) for name, rank in finders(catalogue).items()}
        ten = recall(ours(grown(catalogue, 10)), cases)
        result["ten_times_the_articles"] = ten | {
            "slower": round(ten["p50_ms"] / result["questions"]["safar"]["p50_ms"], 2)
        }
    sums: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(folds):
        less, cases = without(catalogue, number, max(folds, 2))
        for name, rank in finders(less).items():
            sums[name].append(recall(rank, cases))
    result["cross_validation"] = {
        name: {key: round(sum(one[key] for one in rounds) / len(rounds), 4) for key in ("recall@1", "recall@3")}
        for name, rounds in sums.items()
    }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines with text and topics")
    parser.add_argument("--folds", type=int, default=5, help="0 leaves cross-validation out")
    arguments = parser.parse_args()
    result = measure(arguments.questions, arguments.folds)
    print(json.dumps(result) if arguments.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
