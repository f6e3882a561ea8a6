"""What a process works out of its content before it serves, taken from the cache where another one has done it."""

from contextlib import suppress

from bot.answers import Learnt, lessons
from bot.catalogue import Cache, Catalogue
from bot.conversation import Prepared, prepare


def warm(catalogue: Catalogue, cache: Cache) -> Prepared:
    """Prepare a catalogue. What has to be learnt for it is put into the cache."""
    key = lessons(catalogue)
    known = []
    with suppress(ValueError):
        known = [Learnt.from_bytes(cache.get("learnt", key) or b"")]
    prepared = prepare(catalogue, *known)
    if not known:
        cache.put("learnt", prepared.answers.learnt.to_bytes(), key)
    return prepared
