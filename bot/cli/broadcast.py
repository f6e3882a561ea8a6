"""``safar broadcast``: the life of an alert on the command line, by the rules of the console (docs/alerts.md)."""

from pathlib import Path

import click

from bot.cli import broadcast_words as words
from bot.cli.broadcast_after import correct, decide, report, segment, withdraw
from bot.cli.broadcast_desk import AGAIN, AS, CODE, FILE, Desk, done, look, run, turn
from bot.conversation.alerts import spaced


@click.group()
def broadcast() -> None:
    """Alerts: draft, count, preview, propose, let out, follow, correct. An alert is named by its eight-digit code."""


for _command in (report, correct, withdraw, decide, segment):
    broadcast.add_command(_command)


@broadcast.command()
@FILE
@AS
def draft(file: Path, handle: str) -> None:
    """Make a draft of FILE, and say what must be mended in it."""

    async def act(desk: Desk) -> None:
        written = await desk.read(file)
        made = done(await desk.office.draft(desk.account, written.alert))
        click.echo(f"Draft {spaced(made.broadcast.code)}")
        await desk.tell(made, written)

    run(handle, act)


@broadcast.command()
@CODE
@FILE
@AS
def edit(code: str, file: Path, handle: str) -> None:
    """Put what FILE says in the place of an alert that has not begun; a proposal or approval is void by it."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        written = await desk.read(file)
        saved = done(await desk.office.save(desk.account, seen.broadcast.key, seen.broadcast.version, written.alert))
        click.echo(f"Saved {code}; it is a draft.")
        await desk.tell(saved, written)

    run(handle, act)


@broadcast.command("list")
@click.option("--organisation", default="", help="Only that one's.")
def list_(organisation: str) -> None:
    """All alerts, the newest first: code, state, when, what, name."""

    async def act(desk: Desk) -> None:
        views = await desk.all()
        for one in views:
            click.echo(words.line(one, desk.zone(one.broadcast.organisation)))
        if not views:
            click.echo("There is none yet: safar broadcast draft FILE --as HANDLE")

    look(act, organisation)


@broadcast.command()
@CODE
def show(code: str) -> None:
    """An alert, its findings, and how many it reaches: the number that an approver types."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        click.echo(words.whole(seen, await desk.whom(seen), desk.zone()))
        await desk.tell(seen)
        click.echo(words.count(done(await desk.office.count(desk.account, seen.alert, seen.broadcast.draft.corrects))))

    look(act, counts=True)


@broadcast.command()
@CODE
def count(code: str) -> None:
    """How many people it reaches, by channel and language, and what that costs in time and money."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        corrects = seen.broadcast.draft.corrects
        click.echo(words.count(done(await desk.office.count(desk.account, seen.alert, corrects))))
        click.echo(words.cost(done(await desk.office.estimate(desk.account, seen.alert, corrects))))

    look(act, counts=True)


@broadcast.command()
@CODE
@click.option("--language", help="Only that one.")
def preview(code: str, language: str | None) -> None:
    """What each channel would send, in each language."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        for one in desk.office.preview(seen):
            if language in (None, one.language):
                click.echo(f"--- {one.language}, {one.channel}, {one.form}\n{one.text or '(nothing can be sent)'}\n")

    look(act)


@broadcast.command()
@CODE
def test(code: str) -> None:
    """How to see a draft or proposal in your own chat."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        if seen.broadcast.state not in ("draft", "proposed"):
            raise click.ClickException(f"The alert is {seen.broadcast.state}; only drafts and proposals are tried out.")
        shown = spaced(seen.broadcast.code)
        click.echo(f"Write {shown} to the bot from your own chat: it shows the alert there alone, marked as a test.")

    look(act)


@broadcast.command("allow-small")
@CODE
@click.option("--reason", required=True, help="Why so few people must be written to; it is kept.")
@AS
def allow_small(code: str, reason: str, handle: str) -> None:
    """An admin lets a draft out to fewer than ten people."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        done(await desk.office.allow_small(desk.account, seen.broadcast.key, reason))
        click.echo(f"{code} may be proposed although it reaches so few.")

    run(handle, act)


@broadcast.command()
@CODE
@AS
@AGAIN
def propose(code: str, handle: str, again: bool) -> None:
    """Freeze the texts, and wait for a second person."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        done(await desk.office.propose(desk.account, seen.broadcast.key, seen.broadcast.version, again=again))
        click.echo(f"{code} waits for a second person: safar broadcast approve {code} --as HANDLE")

    run(handle, act, counts=True)


@broadcast.command()
@CODE
@AS
def unpropose(code: str, handle: str) -> None:
    """Withdraw a proposal: it is a draft again."""
    turn(code, handle, lambda desk, seen: desk.office.withdraw_proposal(desk.account, seen.broadcast.key))


@broadcast.command()
@CODE
@AS
@AGAIN
def approve(code: str, handle: str, again: bool) -> None:
    """Let a proposal out: read it, and type how many people get it. Never by whoever wrote, edited or proposed it."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        key, corrects = seen.broadcast.key, seen.broadcast.draft.corrects
        # Who cannot let it out is told so before they read and type.
        seen = done(await desk.office.look_to_approve(desk.account, key))
        click.echo(words.whole(seen, await desk.whom(seen), desk.zone()))
        shown = done(await desk.office.count(desk.account, seen.alert, corrects))
        click.echo(f"\n{words.count(shown)}")
        typed = click.prompt("Type the number of people who get it")
        digest = seen.broadcast.draft.digest
        approved = await desk.office.approve(desk.account, key, digest, number=shown.reached, typed=typed, again=again)
        done(approved)
        click.echo(f"{code} is let out. Follow it: safar broadcast report {code} --follow")

    run(handle, act, counts=True)


@broadcast.command()
@CODE
@AS
def pause(code: str, handle: str) -> None:
    """Stop sending; those who are left stay due."""
    turn(code, handle, lambda desk, seen: desk.office.pause(desk.account, seen.broadcast.key))


@broadcast.command()
@CODE
@click.option("--again", is_flag=True, help="After a restore: it surely has not gone out since the backup.")
@AS
def resume(code: str, handle: str, again: bool) -> None:
    """Go on. Where the audience moved since the approval, an approver types the new number."""

    async def act(desk: Desk) -> None:
        seen = await desk.find(code)
        asked = words.moved(seen)
        typed = click.prompt(asked) if asked else ""
        resumed = done(await desk.office.resume(desk.account, seen.broadcast.key, typed=typed, again=again))
        click.echo(f"{code} is {resumed.broadcast.state}.")

    run(handle, act)


@broadcast.command()
@CODE
@AS
def cancel(code: str, handle: str) -> None:
    """End it for good; nobody gets it any more."""
    turn(code, handle, lambda desk, seen: desk.office.cancel(desk.account, seen.broadcast.key))
