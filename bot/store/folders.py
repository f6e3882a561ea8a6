"""Folders that hold what nobody else may read."""

from pathlib import Path

from bot.store.protocol import StoreError


def make_folder(folder: Path, setting: str) -> None:
    """Where there is none. ``setting`` is what names another place. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made ({error.strerror}): give the user that runs Safar the right to "
            f"write there, or set {setting} to another place."
        ) from None
