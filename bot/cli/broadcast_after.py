"""``safar broadcast``, once an alert is under way: report, correction, withdrawal; and the segments that are kept."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import click
import msgspec

from bot.cli import broadcast_words as words
from bot.cli.broadcast_desk import AS, CODE, FILE, Desk, done, look, run
from bot.cli.broadcast_file import read_texts
from bot.conversation.alerts import spaced
from bot.delivery.broadcasts.reading import BrokenRule, parse_rule
from bot.delivery.broadcasts.views import Report
from bot.delivery.broadcasts.wording import say_rule

#: How often a progress that is followed is looked at.
_LOOK_SECONDS: Final = 1.0


@click.command()
@CODE
@click.option("--follow", is_flag=True, help="Show the progress moving, until it is over.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one object a line.")
def report(code: str, follow: bool, as_json: bool) -> None:
    """How many were sent, delivered, read, failed and left out, and why."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        before = ""
        while True:
            found = await desk.report(seen.broadcast.key)
            shown = msgspec.json.encode(_plain(found)).decode() if as_json else words.result(found)
            if shown != before:
                click.echo(shown)
            if not follow or found.view.broadcast.state in ("done", "cancelled"):
                return
            before = shown
            await asyncio.sleep(_LOOK_SECONDS)

    look(act)


def _plain(report: Report) -> Mapping[str, Any]:
    """Numbers alone: neither texts nor whom it was for."""
    broadcast = report.view.broadcast
    tally = msgspec.to_builtins(report.tally)
    return {
        "code": broadcast.code,
        "organisation": broadcast.organisation,
        "state": broadcast.state,
        "reason": broadcast.reason,
        "unattended": report.unattended,
        **{name: dict(value) if name in ("failed", "skipped") else value for name, value in tally.items()},
    }


@click.command()
@CODE
@FILE
@AS
def correct(code: str, file: Path, handle: str) -> None:
    """Draft a correction with the texts of FILE, for exactly those who got, or may have got, the alert."""
    _prepare(code, file, handle, "correction")


@click.command()
@CODE
@FILE
@AS
def withdraw(code: str, file: Path, handle: str) -> None:
    """Draft a withdrawal, likewise: what was said does not hold any more."""
    _prepare(code, file, handle, "withdrawal")


def _prepare(code: str, file: Path, handle: str, kind: Literal["correction", "withdrawal"]) -> None:
    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        made = done(await desk.office.correct(desk.account, seen.broadcast.key, kind, read_texts(file)))
        click.echo(f"Draft {spaced(made.broadcast.code)}")
        await desk.tell(made)

    run(handle, act)


@click.command()
@CODE
@click.option("--repeat/--leave", required=True, help="Send to them once more, or leave it.")
@AS
def decide(code: str, repeat: bool, handle: str) -> None:
    """What becomes of those for whom nobody knows whether it arrived."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        number = done(await desk.office.decide_uncertain(desk.account, seen.broadcast.key, repeat=repeat))
        click.echo(f"{number} {'are sent once more' if repeat else 'are left as they are'}")

    run(handle, act)


@click.group()
def segment() -> None:
    """Rules that say whom alerts are for, kept under a name, every version of them."""


@segment.command()
@click.argument("name")
@click.argument("rule")
@AS
def save(name: str, rule: str, handle: str) -> None:
    """Keep RULE under NAME, as a new version: `{citizenship: [TJ, UZ], country: RU}`."""

    async def act(desk: Desk) -> None:
        try:
            read = parse_rule(rule, desk.places)
        except BrokenRule as broken:
            raise click.ClickException(str(broken)) from None
        saved = done(await desk.office.save_segment(desk.account, name, read))
        click.echo(saved.mark)

    run(handle, act)


@segment.command("list")
@click.option("--organisation", required=True)
def list_(organisation: str) -> None:
    """Every version: mark, who saved it, rule."""

    async def act(desk: Desk) -> None:
        for one in await desk.segments():
            click.echo(f"{one.mark:24} {one.by:20} {say_rule(one.rule, desk.places)}")

    look(act, organisation)
