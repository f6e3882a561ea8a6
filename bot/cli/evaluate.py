"""``safar evaluate``: how good the answers are on a file of questions."""

import json
from collections import Counter
from pathlib import Path
from time import perf_counter

import click
import msgspec

from bot.answers import Answer, Case, Corridor, Report, read_cases
from bot.answers import evaluate as judge
from bot.cli.content import open_catalogue, prepared, root_option

#: Pairs of topics and questions that are listed for a person.
_PAIRS, _MISSED = 15, 60


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: shares 0 to 1, pairs, milliseconds.")
@click.option("--missed", is_flag=True, help="Also list the questions that were not answered rightly.")
@root_option
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def evaluate(as_json: bool, missed: bool, root: Path | None, files: tuple[Path, ...]) -> None:
    """Measure the answers: recall, false answers, alarms, confused topics, time.

    A line of FILES is {"text", "lang", "style", "topics": [...]}, or "expect": smalltalk | none | other_language, or
    "need": a branch of the emergency, null for a harmless message.
    """
    cases = [case for file in files for case in _cases(file)]
    answers = prepared(open_catalogue(root)).answers
    times: list[float] = []

    def find(case: Case) -> Answer:
        began = perf_counter()
        answer = answers.ask(case.text, Corridor(citizenship=case.citizenship))
        times.append((perf_counter() - began) * 1000)
        return answer

    report = judge(cases, find)
    times.sort()
    took = {f"p{part}": round(times[len(times) * part // 100], 3) for part in (50, 99)} if times else {}
    if as_json:
        click.echo(json.dumps({**report.plain(), "milliseconds": took}, ensure_ascii=False))
        return
    _print(report)
    click.echo("milliseconds a question: " + ", ".join(f"{part} {value}" for part, value in took.items()))
    for case, answer in report.missed[:_MISSED] if missed else ():
        wanted = ", ".join(case.topics) or case.expect or case.need or "no alarm"
        got = ", ".join(answer.topics) if answer.topics else answer.need
        click.echo(f"  {case.id} {case.lang}: {case.text[:90]}\n    {wanted} <> {answer.kind} {got} {answer.score:.2f}")


def _cases(file: Path) -> list[Case]:
    try:
        return read_cases(file.read_bytes().splitlines())
    except msgspec.MsgspecError as error:
        where = ", ".join(getattr(error, "__notes__", ()))
        raise click.ClickException(f"{file}: {where}: {error}") from None


def _print(report: Report) -> None:
    for name, groups in report.shares.items():
        whole = groups["all"]
        parts = [
            f"{group.partition(':')[2]} {share.part:.0%}" for group, share in sorted(groups.items()) if ":" in group
        ]
        click.echo(f"{name}: {whole.part:.1%} ({whole.hits} of {whole.of})  {'  '.join(parts)}")
    pairs = Counter(report.confusions).most_common(_PAIRS)
    if pairs:
        click.echo("confused: " + "; ".join(f"{one} > {other} {count}" for (one, other), count in pairs))
