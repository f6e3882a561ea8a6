"""The cookie: random, short-lived, bound to the host, and not to be made from the database (THREATS T23)."""

import pytest

from bot.web.session import Cookie, address, new_secret


def scope(*cookies: str) -> dict[str, object]:
    return {"headers": [(b"cookie", cookie.encode("latin-1")) for cookie in cookies]}


def test_a_secret_is_256_random_bits() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}


@pytest.mark.parametrize(
    ("https", "expected"),
    [
        (True, "__Host-safar={}; Path=/; HttpOnly; SameSite=Strict; Secure"),
        (False, "safar={}; Path=/; HttpOnly; SameSite=Strict"),
    ],
)
def test_it_is_forgotten_when_the_browser_closes_and_never_leaves_the_host(https: bool, expected: str) -> None:
    secret = new_secret()

    assert Cookie(https=https).write(secret) == expected.format(secret)


def test_what_was_written_is_read_again() -> None:
    secret = new_secret()

    assert Cookie(https=False).read(scope(f"other=1; safar={secret}; more=2")) == secret


@pytest.mark.parametrize(
    "cookies",
    [
        (),
        ("safar=",),
        ("safar=short",),
        ("safar=" + "a" * 44,),
        ("safar=" + "a" * 42 + "\xff",),
        ("safar=" + "a" * 43 + "; safar=" + "b" * 43,),
        ("safar=" + "a" * 43, "safar=" + "b" * 43),
        ("__Host-safar=" + "a" * 43,),
        ("Safar=" + "a" * 43,),
    ],
)
def test_anything_else_is_no_session(cookies: tuple[str, ...]) -> None:
    assert Cookie(https=False).read(scope(*cookies)) is None


def test_the_store_sees_a_hash_only() -> None:
    secret = new_secret()

    assert address(secret) == address(secret)
    assert secret not in address(secret)
    assert address(secret) != address(new_secret())
