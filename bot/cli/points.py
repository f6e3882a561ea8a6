"""``safar points --recheck``: which help points an editor should call next."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from bot.catalogue import HelpPoint
from bot.cli.content import open_catalogue, root_option


@click.command()
@click.option("--recheck", is_flag=True, help="Those that people see, the longest unchecked first.")
@click.option("--older-than", type=click.IntRange(0), default=365, show_default=True, help="Days since the last check.")
@root_option
def points(recheck: bool, older_than: int, root: Path | None) -> None:
    """Count the help points that people see; with --recheck list those whose last check is old."""
    catalogue = open_catalogue(root)
    today = datetime.now(UTC).date()
    old = sorted(
        (one for one in catalogue.points.values() if _days(one, today) > older_than),
        key=lambda one: (-_days(one, today), one.key),
    )
    if recheck:
        for one in old:
            checked = f"{one.verified_on:%d.%m.%Y}" if one.verified_on else "никогда  "
            click.echo(f"{checked}  {one.key}  {', '.join(one.phones) or 'без телефона'}  {one.at}")
    click.echo(f"{len(old)} of {len(catalogue.points)} help points were not checked for more than {older_than} days.")


def _days(point: HelpPoint, today: date) -> int:
    """Since the last check; one that was never checked is the oldest."""
    return (today - (point.verified_on or date.min)).days
