"""The content that a command works on: loaded, or refused with what is wrong in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.catalogue import Cache, Catalogue, load
from bot.conversation import Prepared, prepare
from bot.settings import BrokenSettings, load_settings
from bot.warm import warm

_Command = Callable[..., Any]

root_option: Final[Callable[[_Command], _Command]] = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that holds flows/, content/ and locales/; else that of the settings.",
)


def content_root(root: Path | None) -> Path:
    """The folder of the option, else that of the settings."""
    try:
        return root or load_settings().content_dir
    except BrokenSettings as broken:
        raise click.ClickException(str(broken)) from None


def open_cache() -> Cache | None:
    """That of the settings; broken ones are told of where more than time depends on them."""
    try:
        return Cache(load_settings().cache)
    except BrokenSettings:
        return None


def open_catalogue(root: Path | None) -> Catalogue:
    """Raises ``ClickException`` with the errors when the content cannot be served."""
    loaded = load(content_root(root), as_of=datetime.now(UTC).date(), cache=open_cache())
    if loaded.catalogue is None:
        errors = [str(finding) for finding in loaded.findings if finding.level == "error"]
        raise click.ClickException("\n".join([*errors, "The content cannot be served; mend it, and see: safar check"]))
    return loaded.catalogue


def prepared(catalogue: Catalogue) -> Prepared:
    """For commands that converse or answer."""
    cache = open_cache()
    return prepare(catalogue) if cache is None else warm(catalogue, cache)
