"""Signing in: handle and password, then a one-time code; the same words for whoever is not known (THREATS T39-T44).

Nothing here says more than: not right, wait, too weak. What the console shows for it is the console's matter.
"""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from bot.staff.codes import Totp, new_codes, read
from bot.staff.joining import HANDLE, read_invitation
from bot.staff.passwords import Passwords, weakness
from bot.staff.throttle import Throttle
from bot.store import Account, Entry, Factor, Session, StaffStore


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """``wrong`` is any of: no such account, not that password, not that code, used before."""

    why: Literal["wrong", "wait", "short", "long", "common", "differ"]
    #: For ``wait``.
    seconds: int = 0


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """``codes`` are shown once."""

    token: bytes
    codes: tuple[bytes, ...]


def _now() -> datetime:
    return datetime.now(UTC)


class SignIn:
    """``token`` in an answer is the one that counts from then on; what the browser had before is not valid any more."""

    def __init__(
        self,
        store: StaffStore,
        passwords: Passwords,
        throttle: Throttle,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock

    async def password(self, handle: str, password: str, network: bytes | None) -> bytes | Refusal:
        """The first step: a token for ``code``."""
        handle = _plain(handle)
        with self._throttle.attempt(handle, network) as attempt:
            if attempt.wait:
                return _wait(attempt.wait)
            account = await self._store.account(handle)
            active = account is not None and account.state == "active"
            fits = await self._passwords.matches(password, account.password if account and active else "")
            if account is None or not fits:
                await self._store.record(Entry(handle=account.handle if account else "", what="sign-in-failed"))
                return Refusal(why="wrong")
            attempt.outcome = "passed"
            token = _token()
            await self._store.begin(account.id, "password", token)
            return token

    async def code(self, session: Session, token: bytes, typed: str, network: bytes | None) -> bytes | Refusal:
        """The second step, by a one-time or a recovery code: a token for the console."""
        account, new = session.account, _token()
        entry = Entry(handle=account.handle, what="signed-in")
        return await self._factor(
            account, typed, network, lambda factor: self._store.second_factor(token, factor, new, entry), new
        )

    async def confirm(self, session: Session, token: bytes, typed: str, network: bytes | None) -> bytes | Refusal:
        """The same person is still there: ``token`` itself, confirmed."""
        entry = Entry(handle=session.account.handle, what="code-confirmed")
        return await self._factor(
            session.account, typed, network, lambda factor: self._store.confirm(token, factor, entry), token
        )

    async def invitation(self, handle: str, typed: str, network: bytes | None) -> bytes | Refusal:
        """A token for ``join``."""
        handle = _plain(handle)
        with self._throttle.attempt(handle, network) as attempt:
            if attempt.wait:
                return _wait(attempt.wait)
            account = await self._store.invited(handle, read_invitation(typed))
            if account is None:
                await self._store.record(Entry(handle="", what="sign-in-failed"))
                return Refusal(why="wrong")
            attempt.outcome = "passed"
            token = _token()
            await self._store.begin(account.id, "joining", token)
            return token

    async def join(self, session: Session, token: bytes, passwords: tuple[str, str], typed: str) -> Joined | Refusal:
        """The first password, and a code that shows that the app has the secret."""
        account = session.account
        refusal = _refusal(passwords, account.handle)
        if refusal is not None:
            return refusal
        with self._throttle.attempt(account.handle, None) as attempt:
            if attempt.wait:
                return _wait(attempt.wait)
            step = Totp(account.totp).step_of(_digits(typed), self._clock(), account.step)
            if not step:
                return Refusal(why="wrong")
            hashed = await self._passwords.hash(passwords[0])
            new, codes = _token(), new_codes()
            entry = Entry(handle=account.handle, what="joined")
            if not await self._store.join(token, hashed, step, codes, new, entry):
                return Refusal(why="wrong")
            attempt.outcome = "in"
            return Joined(token=new, codes=codes)

    async def change_password(self, session: Session, old: str, passwords: tuple[str, str]) -> bytes | Refusal:
        account = session.account
        refusal = _refusal(passwords, account.handle)
        if refusal is not None:
            return refusal
        with self._throttle.attempt(account.handle, None) as attempt:
            if attempt.wait:
                return _wait(attempt.wait)
            if not await self._passwords.matches(old, account.password):
                return Refusal(why="wrong")
            attempt.outcome = "passed"
            new = _token()
            entry = Entry(handle=account.handle, what="password-changed")
            await self._store.set_password(account.id, await self._passwords.hash(passwords[0]), new, entry)
            return new

    async def renew_codes(self, session: Session) -> Joined:
        new, codes = _token(), new_codes()
        await self._store.set_codes(
            session.account.id, codes, new, Entry(handle=session.account.handle, what="codes-renewed")
        )
        return Joined(token=new, codes=codes)

    async def _factor(
        self,
        account: Account,
        typed: str,
        network: bytes | None,
        take: Callable[[Factor], Awaitable[bool]],
        token: bytes,
    ) -> bytes | Refusal:
        with self._throttle.attempt(account.handle, network) as attempt:
            if attempt.wait:
                return _wait(attempt.wait)
            factor = self._read(account, typed)
            if factor is None or not await take(factor):
                await self._store.record(Entry(handle=account.handle, what="sign-in-failed"))
                return Refusal(why="wrong")
            attempt.outcome = "in"
            return token

    def _read(self, account: Account, typed: str) -> Factor | None:
        digits = _digits(typed)
        if digits:
            step = Totp(account.totp).step_of(digits, self._clock(), account.step)
            return Factor(step=step) if step else None
        code = read(typed[:100])
        return Factor(code=code) if code else None


def _refusal(passwords: tuple[str, str], handle: str) -> Refusal | None:
    weak = weakness(passwords[0], handle)
    if weak:
        return Refusal(why=weak)
    return None if passwords[0] == passwords[1] else Refusal(why="differ")


def _wait(seconds: float) -> Refusal:
    return Refusal(why="wait", seconds=int(seconds) + 1)


def _plain(handle: str) -> str:
    """One spelling for each account; what cannot be a handle is nobody's."""
    handle = handle[:64].strip().lower()
    return handle if HANDLE.fullmatch(handle) else ""


def _digits(typed: str) -> str:
    digits = "".join(typed[:20].split())
    return digits if len(digits) == 6 and digits.isascii() and digits.isdigit() else ""


def _token() -> bytes:
    """256 random bits, as a cookie holds them."""
    return secrets.token_urlsafe(32).encode()
