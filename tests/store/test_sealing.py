"""Sealed cells (T1, T2, T5)."""

from typing import Final

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from bot.store import SealBroken
from bot.store.sealing import Place, new_nonce, open_row

KEY = AESGCM(bytes(range(32)))
SESSION = Place("contacts", "session")
#: Sealed once and for all: whoever changes the format loses everyone's data, and this test.
KNOWN = bytes.fromhex(
    "010000000000000000000000000ebcb5dbde42ecca66a8a935182c9199d24356532881602f809eb383c5ff5d564e5fe6"
    "bc2af2b80633c371f5c1ce694ea90741e6797146a550b63f264a604ee4e96f3e0a91d150e2d389d3c7162448995d1536"
    "9920a8454134a61443fe5fd1b0d7514e072c5feca9197966348324ba5d2cbd526be87c119cd01227fa64243b827ebe96"
    "8ceb290f791c66d8fb40a7863a21584d7fdeaac3e6870a79526e666ee23f62c42519fcdb8f8580b1d73c0aead630ed52"
    "c1edc8dad5659c0940a414027c62b5e1438a1f9d3523ac06b82b425cab1028489c0dcf7dd45461ea94265ff1fb2b347c"
    "88e5c9c8ff0b7a121b687bd06d786807c0cb8ca834723e0b126a6222c11f810322e7b54465b4d1e8b0748e8541"
)


def test_a_known_cell_opens_for_ever() -> None:
    assert SESSION.open(KEY, 7, KNOWN) == b"known"


@given(st.binary(max_size=2000), st.integers(0, 2**63 - 1))
def test_what_is_sealed_opens_and_its_size_is_a_step_of_256(plain: bytes, row: int) -> None:
    cell = SESSION.seal(KEY, row, plain)

    assert SESSION.open(KEY, row, cell) == plain
    assert (len(cell) - 29) % 256 == 0
    assert (len(cell) - 29) - len(plain) <= 256 + 4


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert len({bytes(SESSION.seal(KEY, 7, b"text")) for _ in range(1000)}) == 1000


def test_nonces_do_not_repeat_across_the_system_calls() -> None:
    assert len({new_nonce() for _ in range(2000)}) == 2000
    assert {len(new_nonce()) for _ in range(600)} == {12}


@pytest.mark.parametrize(
    ("place", "key", "row"),
    [
        (Place("contacts", "profile"), KEY, 7),
        (Place("outbox", "session"), KEY, 7),
        (SESSION, KEY, 8),
        (SESSION, AESGCM(bytes(32)), 7),
    ],
)
def test_a_cell_moved_to_another_place_does_not_open(place: Place, key: AESGCM, row: int) -> None:
    cell = SESSION.seal(KEY, 7, b"text")
    with pytest.raises(SealBroken, match="safar restore FOLDER"):
        place.open(key, row, cell)


def test_each_flipped_byte_breaks_the_seal() -> None:
    cell = SESSION.seal(KEY, 7, b"text")
    for at in range(len(cell)):
        broken = bytearray(cell)
        broken[at] ^= 1
        with pytest.raises(SealBroken):
            SESSION.open(KEY, 7, bytes(broken))


def test_every_shortened_cell_breaks_the_seal() -> None:
    cell = SESSION.seal(KEY, 7, b"text")
    for length in range(len(cell)):
        with pytest.raises(SealBroken):
            SESSION.open(KEY, 7, cell[:length])


def test_a_wrapped_key_names_the_ring_key_that_opens_it() -> None:
    place = Place("contact_keys", "wrapped")
    ring = {1: KEY, 2: AESGCM(bytes(32))}
    for version in ring:
        cell = place.wrap(ring[version], version, 7, b"k" * 32)
        assert place.unwrap(ring, 7, cell) == b"k" * 32
        other = bytes((3 - version,)) + cell[1:]
        for broken, row in ((other, 7), (b"\x09" + cell[1:], 7), (cell, 8), (b"", 7)):
            with pytest.raises(SealBroken):
                place.unwrap(ring, row, broken)


def test_an_error_shows_no_text() -> None:
    cell = SESSION.seal(KEY, 7, b"marked text")
    with pytest.raises(SealBroken) as broken:
        SESSION.open(KEY, 8, cell)
    assert b"marked" not in repr(broken.value).encode()
    assert broken.value.__cause__ is None


class TestOpeningARowAtOnce:
    """For an index of millions; as one by one, and as strict."""

    WRAPPED = Place("contact_keys", "wrapped")
    PROFILE = Place("contacts", "profile")
    RING: Final = {3: KEY}
    SECRET = bytes(range(32, 64))

    def sealed(self, row: int = 7) -> tuple[bytes, bytearray, bytearray]:
        key = AESGCM(self.SECRET)
        wrapped = self.WRAPPED.wrap(KEY, 3, row, self.SECRET)
        return wrapped, SESSION.seal(key, row, b"session"), self.PROFILE.seal(key, row, b"profile" * 100)

    def opened(
        self, wrapped: bytes, session: bytes | bytearray, profile: bytes | bytearray, row: int = 7
    ) -> list[bytes]:
        cells = ((SESSION, bytes(session)), (self.PROFILE, bytes(profile)))
        return open_row(self.WRAPPED, self.RING, row, wrapped, cells)[1]

    def test_each_cell_comes_back(self) -> None:
        assert self.opened(*self.sealed()) == [b"session", b"profile" * 100]

    def test_of_another_row_nothing_opens(self) -> None:
        with pytest.raises(SealBroken, match=r"contact_keys\.wrapped"):
            self.opened(*self.sealed(), row=8)

    def test_two_cells_that_were_exchanged(self) -> None:
        wrapped, session, profile = self.sealed()
        with pytest.raises(SealBroken, match=r"contacts\.session"):
            self.opened(wrapped, profile, session)

    @pytest.mark.parametrize("which", range(3))
    def test_each_flipped_byte_breaks_it(self, which: int) -> None:
        cells = [bytearray(cell) for cell in self.sealed()]
        for at in range(len(cells[which])):
            cells[which][at] ^= 1
            with pytest.raises(SealBroken):
                self.opened(bytes(cells[0]), cells[1], cells[2])
            cells[which][at] ^= 1

    @pytest.mark.parametrize("length", [0, 1, 12, 28])
    def test_one_that_is_cut_short(self, length: int) -> None:
        wrapped, session, profile = self.sealed()
        for cells in ((wrapped[:length], session, profile), (wrapped, session[:length], profile)):
            with pytest.raises(SealBroken):
                self.opened(*cells)
