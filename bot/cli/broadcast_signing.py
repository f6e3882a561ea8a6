"""Signing in at a terminal, by the two steps of the console."""

import click

from bot.staff import Passwords, Refusal, SignIn, Throttle
from bot.store import Account, StaffStore


async def sign_in(store: StaffStore, handle: str) -> tuple[Account, bytes]:
    """The account, and its session, which the caller ends. Raises ``ClickException``."""
    passwords = Passwords()
    try:
        signing = SignIn(store, passwords, Throttle())
        half = await signing.password(handle, click.prompt(f"Password of {handle}", hide_input=True, err=True), None)
        session = None if isinstance(half, Refusal) else await store.session(half)
        if isinstance(half, Refusal) or session is None:
            raise click.ClickException("That is not right. Whoever has no account yet: safar staff add")
        typed = click.prompt("One-time code, or a recovery code", err=True)
        full = await signing.code(session, half, typed, None)
        if isinstance(full, Refusal):
            raise click.ClickException("That is not right. A code counts once: wait for the next one, and repeat.")
        return session.account, full
    finally:
        passwords.close()
