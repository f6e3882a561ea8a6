"""Sealed contacts by the million, written straight into a database: what other measurements stand on.

``python -m benchmarks.people FILE KEYFILE [--people 1000000] [--seed 1]``
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.places.table import load_places
from bot.store import Keys, keys_for
from bot.store.database import ADDRESS, PROFILE, SESSION, WRAPPED, pack_address
from bot.store.schema import open_database

ACCOUNTS: Final = {"telegram": "8000000001", "whatsapp": "100000000000001", "web": "web"}
#: The day on which nobody is heard later.
TODAY: Final = 20_500
_TOPICS: Final = ("documents", "work", "money", "health", "children", "police", "home")
_ORGANISATIONS: Final = ("this-team", "migrant-aid", "red-crescent")
_SESSION: Final = json.dumps(
    {
        "stack": [{"flow": "wages", "version": "3f1c0a9b", "node": "region", "path": ["start"]}],
        "offered": ["a" * 12] * 8,
    }
).encode()
_WHO: Final = "who"
_AT_ONCE: Final = 5_000
#: Its multiples lie evenly between whole numbers.
_GOLDEN: Final = 0.6180339887498949
#: Different profiles at most.
_PROFILES: Final = 100_000


def fill(path: Path, keys: Keys, people: int, seed: int = 1, first: int = 0) -> float:
    """Add so many contacts, numbered from ``first``; returns the seconds that it took. A third are heard no more, a
    tenth blocked, two thirds take alerts. A number's channel is ``channel_of(number)``, its address
    ``address(number)``."""
    begun = time.perf_counter()
    chance = random.Random(seed + first)
    ids = sorted(chance.getrandbits(63) for _ in range(people))
    told = [profile(chance) for _ in range(min(people, _PROFILES))]
    with closing(open_database(path, keys, now=TODAY * 86_400)) as connection:
        connection.execute("pragma synchronous=off")
        connection.execute("pragma cache_size=-1000000")
        connection.execute("pragma secure_delete=off")
        # Sealed by processes that inherit the keys, which cannot be sent to them.
        _parts.append(_Part(keys, told, ids, seed, first))
        with get_context("fork").Pool() as pool:
            for contacts, wrapped in pool.imap(_part, range(0, people, _AT_ONCE)):
                connection.execute("begin")
                connection.executemany(
                    "insert into contacts values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", contacts
                )
                connection.executemany("insert into contact_keys values (?1, ?2)", wrapped)
                connection.execute("commit")
        connection.execute("pragma wal_checkpoint(truncate)")
    return time.perf_counter() - begun


def address(number: int) -> str:
    return str(5_000_000_000 + number)


def channel_of(number: int) -> str:
    draw = number * _GOLDEN % 1
    return "telegram" if draw < 0.7 else "whatsapp" if draw < 0.9 else "web"


class _Part(NamedTuple):
    keys: Keys
    told: list[bytes]
    ids: list[int]
    seed: int
    first: int


_parts: list[_Part] = []


def _part(at: int) -> tuple[list[Any], list[Any]]:
    """Rows of ``contacts`` and of ``contact_keys``."""
    keys, told, ids, seed, first = _parts[-1]
    chance = random.Random(seed + first + at)
    rows = [*_rows(keys, chance, told, ids[at : at + _AT_ONCE], first + at)]
    return [contact for contact, _ in rows], [wrapped for _, wrapped in rows]


def _rows(
    keys: Keys, chance: random.Random, told: list[bytes], ids: list[int], first: int
) -> Iterator[tuple[Any, Any]]:
    wrapping, version, uniform = keys.wrapping[keys.current], keys.current, chance.random
    packed = {channel: pack_address(account, _WHO) for channel, account in ACCOUNTS.items()}
    for number, contact in enumerate(ids, first):
        secret = AESGCM.generate_key(256)
        key = AESGCM(secret)
        channel = channel_of(number)
        account, who = ACCOUNTS[channel], address(number)
        days = int(30 * uniform()) if uniform() < 0.6 else int(30 + 150 * uniform())
        seen = TODAY - days
        session = SESSION.seal(key, contact, _SESSION) if days < 30 else None
        cells = (
            ADDRESS.seal(key, contact, packed[channel].replace(_WHO.encode(), who.encode())),
            PROFILE.seal(key, contact, told[int(len(told) * uniform())]),
            session,
        )
        state = "blocked" if uniform() < 0.1 else "active"
        lookup = keys.lookup(channel, account, who)
        row = (contact, lookup, channel, state, seen - 30, seen, None if session is None else seen, *cells)
        yield row, (contact, WRAPPED.wrap(wrapping, version, contact, secret))


_CITIES: Final = [row.place for row in load_places().values() if row.place.kind != "region"]
#: Most people live where many do.
_BY_COUNTRY: Final = {
    country: sorted((one for one in _CITIES if one.country == country), key=lambda one: -one.population)
    for country in ("RU", "KZ", "UZ", "TJ", "KG")
}
_LANGUAGES: Final = {"UZ": ("uz", "uz_Cyrl", "ru"), "TJ": ("tg", "tg", "ru"), "KG": ("ky", "ky", "ru"), "": ("ru",)}


def profile(chance: random.Random) -> bytes:
    """What one of them told: as the conversation writes it, with what is often left out left out."""
    uniform = chance.random
    citizenship = ("UZ", "UZ", "UZ", "TJ", "TJ", "KG", "")[int(7 * uniform())]
    languages = _LANGUAGES[citizenship]
    told = {"language": languages[int(len(languages) * uniform())]}
    if citizenship:
        told["citizenship"] = citizenship
    where = "RU" if (draw := uniform()) < 0.65 else "KZ" if draw < 0.8 else ""
    if where:
        told |= {"country": where, "stage": "there"}
    elif draw < 0.95:
        told["stage"] = "before" if draw < 0.9 else "back"
    if (where or citizenship) and uniform() < 0.6:
        cities = _BY_COUNTRY[where or citizenship]
        told["city"] = cities[int(len(cities) * uniform() ** 4)].id
    if uniform() < 0.65:
        told["alerts"] = ("all", "important", "important", "life", "none")[int(5 * uniform())]
        if uniform() < 0.3:
            told["follows"] = " ".join(chance.sample(_TOPICS, 1 + int(3 * uniform())))
        if uniform() < 0.05:
            told["alerts_without"] = _ORGANISATIONS[int(3 * uniform())]
    return json.dumps(told, separators=(",", ":")).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("keyfile", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    seconds = fill(args.file, keys_for(args.keyfile, args.file), args.people, args.seed)
    print(f"{args.people:,} contacts in {seconds:.1f} s, {args.people / seconds:,.0f} a second")


if __name__ == "__main__":
    main()
