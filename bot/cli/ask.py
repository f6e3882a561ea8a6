"""``safar ask``: which answer a question finds, and why."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bot.answers import Answer, Answers, Corridor
from bot.catalogue import Catalogue
from bot.cli.content import open_catalogue, prepared, root_option
from bot.text import LANGUAGES, SOURCE

#: Signs listed for each topic by --explain.
_SHOWN = 8


@click.command()
@click.option("--json", "as_json", is_flag=True, help='Questions as JSON lines {"id", "text"}, answers as JSON lines.')
@click.option("--explain", is_flag=True, help="Also show what in the question speaks for each topic.")
@click.option("--citizenship", type=click.Choice(["UZ", "TJ", "KG"]), help="Of the person who asks.")
@click.option("--country", type=click.Choice(["RU", "KZ", "UZ", "TJ", "KG"]), help="Where the person is.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), default=SOURCE, help="In which titles are shown.")
@root_option
@click.argument("question", nargs=-1)
def ask(
    as_json: bool,
    explain: bool,
    citizenship: str | None,
    country: str | None,
    language: str,
    root: Path | None,
    question: tuple[str, ...],
) -> None:
    """Show which article, choices or nothing a question finds. Without QUESTION, one a line is read."""
    catalogue = open_catalogue(root)
    answers = prepared(catalogue).answers
    corridor = Corridor(citizenship=citizenship or "", country=country or "")
    if as_json:
        for asked in _lines(question):
            own = Corridor(citizenship=str(asked.get("citizenship") or corridor.citizenship), country=corridor.country)
            click.echo(json.dumps(_plain(answers, asked, own, explain), ensure_ascii=False))
        return
    for text in [" ".join(question)] if question else _typed():
        answer = answers.ask(text, corridor)
        click.echo(_shown(catalogue, answer, language))
        if explain:
            for topic in answer.topics:
                signs = ", ".join(f"{sign} {value:+.2f}" for sign, value in answers.reasons(text, topic)[:_SHOWN])
                click.echo(f"  {topic}: {signs}")


def _typed() -> Iterator[str]:
    while True:
        if sys.stdin.isatty():
            click.echo("? ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _lines(question: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if question:
        yield {"id": "", "text": " ".join(question)}
        return
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except json.JSONDecodeError as error:
            raise click.ClickException(f"line {number} is not JSON ({error.msg})") from None
        if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
            raise click.ClickException(f'line {number} is no question; write {{"id": "1", "text": "..."}}')
        yield asked


def _plain(answers: Answers, asked: dict[str, Any], corridor: Corridor, explain: bool) -> dict[str, Any]:
    answer = answers.ask(asked["text"], corridor)
    found: dict[str, Any] = {
        "id": asked.get("id", ""),
        "language": answer.language,
        "kind": answer.kind,
        "topics": list(answer.topics),
        "need": answer.need,
        "score": round(answer.score, 3),
    }
    if answer.also:
        found["also"] = answer.also
    if explain:
        found["reasons"] = {
            topic: {sign: round(value, 3) for sign, value in answers.reasons(asked["text"], topic)[:_SHOWN]}
            for topic in answer.topics
        }
    return found


def _shown(catalogue: Catalogue, answer: Answer, language: str) -> str:
    spoken = LANGUAGES[answer.language].own_name if answer.language in LANGUAGES else answer.language or "?"
    head = f"{answer.kind}{f' ({answer.need})' if answer.need else ''}, {spoken}, {answer.score:.2f}"
    titles = [f"  {topic}: {catalogue.articles[topic].title.plain(language)}" for topic in answer.topics]
    if answer.also:
        titles.append(f"  also {answer.also}: {catalogue.articles[answer.also].title.plain(language)}")
    return "\n".join([head, *titles])
