"""``safar import points`` and ``safar export points``: help points from and to other programs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales
from bot.catalogue.shapes import HelpPoint
from bot.cli.content import content_root, root_option
from bot.places import exchange

_ENDINGS: Final = ", ".join(exchange.FORMATS)
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group("import")
def import_() -> None:
    """Take help points from another program: a file for an editor to review comes out, nothing is shown yet."""


@import_.command("points")
@_file
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The YAML file to write, with -2, -3 ... where they are many; else the name of FILE with .yaml.",
)
@root_option
def import_points(file: Path, out: Path | None, root: Path | None) -> None:
    """Read FILE (.csv, .geojson, or .json of Open Referral HSDS 3) and write what it proposes.

    Every wrong line is named, and then nothing is written. What is written is of low confidence and unknown status, so
    that nobody is shown it before an editor has checked it.
    """
    read, _ = _format(file)
    out = out or file.with_suffix(".yaml")
    known = _points(root)
    try:
        proposal = exchange.propose(read(_text(file)), file.name, known)
    except exchange.BadFile as bad:
        raise click.ClickException(f"{file}: {bad}") from None
    if proposal.problems:
        raise click.ClickException("\n".join([*proposal.problems, "Nothing was written."]))
    files = [out, *(out.with_stem(f"{out.stem}-{number}") for number in range(2, len(proposal.texts) + 1))]
    if taken := [str(one) for one in files if one.exists()]:
        raise click.ClickException(f"{', '.join(taken)} exists already; name another file with --out")
    for one, text in zip(files, proposal.texts, strict=False):
        one.write_text(text, encoding="utf-8")
    named = ", ".join(map(str, files))
    click.echo(f"{proposal.count} points are proposed in {named}: check each, then move it to content/help_points/.")
    if proposal.known:
        click.echo(f"Known already, compare them: {', '.join(proposal.known)}")


@click.group()
def export() -> None:
    """Give help points to another program."""


@export.command("points")
@_file
@root_option
def export_points(file: Path, root: Path | None) -> None:
    """Write FILE (.csv, .geojson, or .json of Open Referral HSDS 3) with all help points.

    Those whose very name may be an offence are left out.
    """
    _, write = _format(file)
    points = [point for point in _points(root).values() if not point.marks and point.status != "undesirable"]
    file.write_text(write([exchange.record_of(point) for point in points]), encoding="utf-8", newline="")
    click.echo(f"{len(points)} points are in {file}.")


def _format(file: Path) -> exchange.Format:
    found = exchange.FORMATS.get(file.suffix.lower())
    if found is None:
        raise click.ClickException(f"{file.name} has no known ending; use one of {_ENDINGS}")
    return found


def _text(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > exchange.MAX_BYTES:
            raise click.ClickException(f"{file} has {size} bytes, more than {exchange.MAX_BYTES}; split it")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not in UTF-8; save it so") from None


def _points(root: Path | None) -> dict[str, HelpPoint]:
    draft, findings = read_draft(content_root(root), Locales(messages={}), datetime.now(UTC).date())
    broken = [str(finding) for finding in findings if finding.at.file.startswith("content/help_points/")]
    if broken:
        raise click.ClickException("\n".join([*broken, "Mend the help points first."]))
    return {key: entry.shape for key, entry in draft.points.items()}
