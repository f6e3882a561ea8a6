"""The content of this repository, loaded and learnt once for all workers and for later runs."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from bot.answers import Learnt, lessons
from bot.answers.learnt import learn as learn_anew
from bot.catalogue import Cache, Catalogue, Loaded, load

ROOT: Final = Path(__file__).resolve().parents[1]
#: A day on which the content was whole. What time breaks is told by `safar check`, not by a test that was green before.
AS_OF: Final = date(2026, 11, 21)
#: Of every process that tests start: ``SAFAR_CACHE_DIR``.
CACHE_DIR: Final = ROOT / ".pytest_cache" / "safar"
_CACHE: Final = Cache(CACHE_DIR)


@cache
def loaded(day: date = AS_OF) -> Loaded:
    return load(ROOT, as_of=day, cache=_CACHE)


def catalogue(day: date = AS_OF) -> Catalogue:
    found = loaded(day)
    errors = [str(finding) for finding in found.findings if finding.level == "error"]
    assert found.catalogue is not None, "\n".join(errors[:20])
    return found.catalogue


def learn(catalogue: Catalogue) -> Learnt:
    """As the bot's own, but no process learns what another has learnt."""
    key = lessons(catalogue)
    held = _CACHE.get("learnt", key)
    if held is not None:
        return Learnt.from_bytes(held)
    learnt = learn_anew(catalogue)
    _CACHE.put("learnt", learnt.to_bytes(), key)
    return learnt
