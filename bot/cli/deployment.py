"""What is checked of the machine: the key apart from the data, nothing open to others (THREATS T8, T73)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from bot.catalogue import Finding, Place
from bot.settings import Settings
from bot.store import Location, StoreError, backup_folder, has_data, load_keys, location, verify_audit

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def deployment(settings: Settings) -> list[Finding]:
    """Everything that is wrong with where the bot is to run."""
    where = location(settings)
    backups = backup_folder(where)
    key = list(_key(settings.key_file, settings.data_dir, backups))
    found = [*key, *_data(settings.data_dir), *_process()]
    # A key that others may use opens nothing: that is told already. Last, for reading makes files beside the database.
    return [*found, *(_audit(settings.key_file, where) if not key else ())]


def _key(key_file: Path, data_dir: Path, backups: Path | None) -> Iterator[Finding]:
    if not key_file.exists():
        yield _finding(key_file, "no-key", "there is no master key yet", "start the bot once: safar run", "warning")
        return
    if key_file.resolve().is_relative_to(data_dir.resolve()):
        what = "the master key lies in the data folder, and goes into every copy of it"
        yield _finding(key_file, "key-beside-data", what, "move it elsewhere, and set SAFAR_KEY_FILE")
    if backups is not None and key_file.resolve().is_relative_to(backups.resolve()):
        what = f"the master key lies in the folder of the backups, {backups}, which it alone would open"
        yield _finding(key_file, "key-beside-backup", what, "move it elsewhere, and set SAFAR_KEY_FILE")
    if mode := key_file.stat().st_mode & _OTHERS:
        yield _finding(
            key_file, "open-file", f"others may use the key (mode ...{mode:03o})", f"run: chmod 400 {key_file}"
        )


def _data(data_dir: Path) -> Iterator[Finding]:
    if not data_dir.exists():
        return
    if mode := data_dir.stat().st_mode & _OTHERS:
        what = f"others may open the data folder (mode ...{mode:03o})"
        yield _finding(data_dir, "open-file", what, f"run: chmod 700 {data_dir}")
    for path in sorted(data_dir.rglob("*")):
        if path.is_file() and (mode := path.stat().st_mode & _OTHERS):
            yield _finding(
                path, "open-file", f"others may use this file (mode ...{mode:03o})", f"run: chmod 600 {path}"
            )


def _audit(key_file: Path, where: Location) -> Iterator[Finding]:
    """Whoever changes a row of what staff did is seen (T38)."""
    database = where if isinstance(where, Path) else Path(where.name)
    try:
        if not key_file.exists() or not has_data(where):
            return
        broken = verify_audit(where, load_keys(key_file))
    except StoreError as error:
        yield _finding(database, "audit-unreadable", str(error).rstrip("."), "mend that first")
        return
    if broken is not None:
        told = f", {broken.what} of {broken.at:%Y-%m-%d %H:%M} UTC," if broken.at else ""
        what = f"row {broken.row} of the audit{told} {'is missing' if broken.missing else 'was changed'}"
        remedy = "somebody wrote into the database: ask who had a shell, and compare with a backup"
        yield _finding(database, "audit-changed", what, remedy)


def _process() -> Iterator[Finding]:
    here = Path("this-machine")
    if os.geteuid() == 0:
        what, remedy = "the bot would run as root", "run it as a user of its own"
        yield _finding(here, "runs-as-root", what, remedy, "warning")
    mask = os.umask(0o077)
    os.umask(mask)
    if mask & _OTHERS != _OTHERS:
        what = f"new files are open to others (umask {mask:03o})"
        yield _finding(here, "loose-umask", what, "set umask 077 for the service", "warning")


def _finding(path: Path, rule: str, what: str, remedy: str, level: Literal["error", "warning"] = "error") -> Finding:
    return Finding(at=Place(str(path)), rule=rule, what=what, remedy=remedy, level=level)
