"""What the checks find: a place, a fact and a remedy."""

from collections.abc import Iterable
from typing import Literal

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalogue.model import Place


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``file:line:column rule-name: what is wrong; what to do``."""

    at: Place
    rule: str
    what: str
    remedy: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        # One line, also where a key that is quoted stands on several.
        return f"{self.at} {self.rule}: {self.what}; {self.remedy}".replace("\n", " ")


class BrokenCatalogue(Exception):
    """Errors that stop loading; ``findings`` holds all of them, in file order."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: finding.at))
        super().__init__("\n".join(map(str, self.findings)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean "documents"?``, or what is known when nothing is near."""
    known = sorted(known)
    near = process.extractOne(word, known, scorer=OSA.normalized_similarity, score_cutoff=0.6)
    if near is not None:
        return f'did you mean "{near[0]}"?'
    shown = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
    return f"use one of: {shown}" if known else "there is none yet"
