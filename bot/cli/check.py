"""``safar check``: flows, content, translations and transcripts, all findings at once."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from bot.catalogue import Cache, Catalogue, Finding, Loaded, impact, load, load_transcripts, write_schemas
from bot.cli.content import prepared
from bot.cli.deployment import deployment
from bot.conversation import play, rewritten
from bot.places import check_places
from bot.settings import BrokenSettings, Settings, load_settings

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: errors, warnings, completeness, counts.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Check as on that day: 2027-01-01.")
@click.option("--impact", "impact_of", metavar="fact:KEY|point:KEY", help="List all that quotes it, and check nothing.")
@click.option("--against", type=_FOLDER, help="The content that serves now: which nodes would be lost to people?")
@click.option(
    "--root", type=_FOLDER, help="Folder that holds flows/, content/ and locales/; else that of the settings."
)
@click.option("--deploy", is_flag=True, help="Also check this machine: the key, the modes of files, the user.")
@click.option("--rewrite", "rewrites", is_flag=True, help="Write into the transcripts what is really seen.")
@click.option("--write-schema", type=click.Path(file_okay=False, path_type=Path), help="Write the JSON Schemas there.")
def check(
    as_json: bool,
    as_of: datetime | None,
    impact_of: str | None,
    against: Path | None,
    root: Path | None,
    deploy: bool,
    rewrites: bool,
    write_schema: Path | None,
) -> None:
    """Check flows, content, translations and transcripts; exit 1 on errors."""
    if write_schema is not None:
        for path in write_schemas(write_schema):
            click.echo(path)
        return
    settings = _settings()
    root = root or settings.content_dir
    if impact_of is not None:
        _show_impact(root, impact_of)
        return
    day = as_of.date() if as_of else datetime.now(UTC).date()
    loaded = load(root, as_of=day, previous=_previous(against, day), cache=Cache(settings.cache))
    places = check_places(loaded.catalogue.places) if loaded.catalogue else []
    findings = [*loaded.findings, *places, *_transcripts(root, loaded.catalogue, rewrites)]
    if deploy:
        findings += deployment(settings)
    (_print_json if as_json else _print)(findings, loaded)
    if any(finding.level == "error" for finding in findings):
        raise SystemExit(1)


def _settings() -> Settings:
    try:
        return load_settings()
    except BrokenSettings as broken:
        raise click.ClickException(str(broken)) from None


def _previous(against: Path | None, day: date) -> Catalogue | None:
    if against is None:
        return None
    before = load(against, as_of=day).catalogue
    if before is None:
        raise click.BadParameter("its content has errors itself; run: safar check --root", param_hint="--against")
    return before


def _transcripts(root: Path, catalogue: Catalogue | None, rewrites: bool) -> list[Finding]:
    transcripts, findings = load_transcripts(root)
    found = list(findings)
    if catalogue is not None:
        prepared(catalogue)
    for transcript in transcripts if catalogue else ():
        assert catalogue is not None
        differs = play(transcript, catalogue)
        if differs and rewrites:
            path = root / transcript.at.file
            path.write_text(rewritten(path.read_text(encoding="utf-8"), transcript, catalogue), encoding="utf-8")
            click.echo(f"{transcript.at.file}: written anew; read the difference like code")
        else:
            found += differs
    return found


def _show_impact(root: Path, name: str) -> None:
    kind, _, key = name.partition(":")
    if kind not in ("fact", "point") or not key:
        raise click.BadParameter("write fact:KEY or point:KEY", param_hint="--impact")
    quotations = impact(root, "fact" if kind == "fact" else "point", key)
    for quotation in quotations:
        click.echo(quotation)
    click.echo(f"{_many(len(quotations), 'place')} quoting {name}." if quotations else f"Nothing quotes {name}.")


def _print(findings: list[Finding], loaded: Loaded) -> None:
    """Errors last, where they are seen."""
    for level in ("warning", "error"):
        for finding in findings:
            if finding.level == level:
                click.echo(f"warning: {finding}" if level == "warning" else finding)
    errors = sum(finding.level == "error" for finding in findings)
    counts = ", ".join(f"{count} {name}" for name, count in loaded.counts.items())
    shares = ", ".join(f"{language} {share:.0%}" for language, share in loaded.completeness.items())
    played = "" if loaded.catalogue else "; transcripts wait until the errors are gone"
    summary = f"{_many(errors, 'error')}, {_many(len(findings) - errors, 'warning')}"
    click.echo(f"{summary}; {counts}; translated: {shares}{played}")


def _many(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _print_json(findings: list[Finding], loaded: Loaded) -> None:
    report: dict[str, Any] = {
        f"{level}s": [_plain(finding) for finding in findings if finding.level == level]
        for level in ("error", "warning")
    }
    report |= {"completeness": dict(loaded.completeness), "counts": dict(loaded.counts)}
    click.echo(json.dumps(report, ensure_ascii=False))


def _plain(finding: Finding) -> dict[str, str | int]:
    return {
        "file": finding.at.file,
        "line": finding.at.line,
        "column": finding.at.column,
        "rule": finding.rule,
        "what": finding.what,
        "remedy": finding.remedy,
    }
