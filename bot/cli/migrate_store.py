"""``safar migrate-store``: from the SQLite file to a PostgreSQL that several processes can share."""

import click

from bot.cli.opening import read_settings
from bot.store import PostgresUrl, StoreError, load_keys
from bot.store import migrate_store as move


@click.command()
@click.option("--to", "url", required=True, metavar="URL", help="postgresql://user@host/database, empty.")
def migrate_store(url: str) -> None:
    """Copy everything from the SQLite file into an empty PostgreSQL, and compare every row; stop Safar first.

    It is done in one transaction: cut off at any moment, the PostgreSQL is as it was. A password in URL shows in the
    list of processes: put it into the file that PGPASSFILE names.
    """
    try:
        target = PostgresUrl(url)
    except ValueError as broken:
        raise click.UsageError(f"--to: {broken}.") from None
    settings = read_settings()
    try:
        counts = move(settings.database, target, load_keys(settings.key_file))
    except StoreError as error:
        raise SystemExit(str(error)) from None
    for table, rows in counts.items():
        click.echo(f"{rows:10} {table}")
    click.echo(f"All {sum(counts.values())} rows are in {target}, each compared with the file.")
    click.echo(f"Now set SAFAR_DATABASE_URL, and take {settings.database} away: Safar does not read it any more.")
