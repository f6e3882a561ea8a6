"""Passwords: what is refused, and how they are hashed (THREATS T39, T65)."""

import asyncio
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final, Literal, TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

SHORTEST: Final = 15
LONGEST: Final = 128
#: 64 MiB, three passes, one lane.
_MEMORY_KIB: Final = 65_536
_PASSES: Final = 3
#: Hashes at once: a flood of sign-ins must neither fill the memory nor stop the turns.
AT_ONCE: Final = 2
_NICE: Final = 15
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32

#: Rows of a keyboard and of the alphabets; a password that walks along one of them is no secret.
_WALKS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_TOO_FEW_CHARACTERS: Final = 5
_STRAIGHT_SHARE: Final = 0.6

_T = TypeVar("_T")


def weakness(password: str, handle: str) -> Literal["", "short", "long", "common"]:
    """Why it is refused; "" when it is taken. No rules on which characters."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = re.sub(r"[\W_]", "", password.casefold())
    rest = plain
    for word in ("safar", "сафар", re.sub(r"\W", "", handle), *_common()):
        rest = rest.replace(word, "")
    few = len(set(plain)) < _TOO_FEW_CHARACTERS or len(rest) < SHORTEST // 2
    return "common" if few or _repeats(plain) or max(_straight(plain), _straight(rest)) >= _STRAIGHT_SHARE else ""


def _repeats(plain: str) -> bool:
    """The same few characters over and over: passwordpasswordpassword."""
    return re.fullmatch(r"(.{1,12}?)\1+.{0,3}", plain) is not None


def _straight(plain: str) -> float:
    """The share of characters that follow from the one before: the same again, or the next on a keyboard."""
    steps = {pair for walk in _WALKS for pair in pairwise(walk)}
    pairs = list(pairwise(plain))
    return sum(one == two or (one, two) in steps or (two, one) in steps for one, two in pairs) / max(len(pairs), 1)


@cache
def _common() -> list[str]:
    """The longest first, so that none hides in another."""
    lines = (files("bot.staff") / "common.txt").read_text(encoding="utf-8").splitlines()
    return sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)


def _give_way() -> None:
    """Turns go first. Linux gives each thread a priority of its own; elsewhere they share one."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


class Passwords:
    """At most two hashes at once, in threads of their own. ``close`` when the process ends."""

    def __init__(self, *, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES) -> None:
        self._memory_kib = memory_kib
        self._passes = passes
        self._threads = ThreadPoolExecutor(AT_ONCE, "safar-password", initializer=_give_way)
        #: Of a password that nobody has: an unknown handle costs as much as a known one (T40).
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """A PHC string. Only of a password without ``weakness``."""
        return await self._run(lambda: self._hash(password))

    async def matches(self, password: str, hashed: str) -> bool:
        """Does it fit? With an empty ``hashed`` it never does, at the same cost."""
        if len(password) > LONGEST:
            return False
        return await self._run(lambda: self._matches(password, hashed))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hash(self, password: str) -> str:
        kdf = Argon2id(
            salt=os.urandom(_SALT_BYTES),
            length=_HASH_BYTES,
            iterations=self._passes,
            lanes=1,
            memory_cost=self._memory_kib,
        )
        return kdf.derive_phc_encoded(password.encode())

    def _matches(self, password: str, hashed: str) -> bool:
        if not hashed and not self._nobody:
            self._nobody = self._hash(os.urandom(_SALT_BYTES).hex())
        try:
            Argon2id.verify_phc_encoded(password.encode(), hashed or self._nobody)
        except InvalidKey:
            return False
        return bool(hashed)

    async def _run(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
