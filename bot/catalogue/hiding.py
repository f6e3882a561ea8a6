"""Which help points people may see: one rule for the loader and for what translators are given."""

from collections.abc import Collection
from typing import Final

#: ``unknown``: shown with the words that nobody has checked it, and never alone; nor is a point without a phone.
_SHOWN: Final = frozenset({"active", "unknown"})


def why_hidden(*, status: str, confidence: str, marks: Collection[str]) -> str:
    """Why a point may not be shown: "" when it may (THREATS T25; DESIGN 4)."""
    if marks:
        return f"it is marked {min(marks)}"
    if status not in _SHOWN:
        return f"its status is {status}"
    return "its confidence is low" if confidence == "low" else ""
