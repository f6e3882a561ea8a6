"""The master key (T3, T7, T8)."""

import hashlib
import hmac
import os
import pickle
import re
import stat
import traceback
from pathlib import Path

import pytest

from bot.store import Keys, KeyUnusable, create_key_file, keys_for, load_keys
from bot.store.keys import Mac

FIXED = Keys({1: bytes(range(32))})
#: Made with FIXED: whoever changes a derivation loses everyone's data, and this test.
LOOKUP = "3e4d1fafe3720448fe3d9f7b10a2441c8e119531c47401a33dfadc3fb33e8179"
UPDATE = "7bb814fc014f93716570a4232cc86340"
TOMBSTONE = "9ab5b9ff79a045b04469120ed8b0404b991e65764713d1b86bcc837146a41c53"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    create_key_file(tmp_path / "master.key")
    return tmp_path / "master.key"


def test_a_new_key_file_says_what_losing_it_means_and_is_its_owners_alone(key_file: Path) -> None:
    text = key_file.read_text()

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert "nothing can recover it" in text
    assert re.search(r"^1 [0-9a-f]{64}$", text, re.MULTILINE)
    assert all(line.startswith("#") for line in text.splitlines()[:-1])


def test_the_file_is_private_from_its_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_key_file(tmp_path / "master.key")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_a_key_is_never_written_over(key_file: Path) -> None:
    before = key_file.read_bytes()
    with pytest.raises(KeyUnusable, match="never written over"):
        create_key_file(key_file)
    assert key_file.read_bytes() == before


def test_two_keys_are_never_the_same(tmp_path: Path, key_file: Path) -> None:
    create_key_file(tmp_path / "other.key")
    assert (tmp_path / "other.key").read_bytes() != key_file.read_bytes()


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_private_modes_are_taken(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    load_keys(key_file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777, 0o420])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_mends_it(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(KeyUnusable, match=f"chmod 600 {re.escape(str(key_file))}"):
        load_keys(key_file)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "1 " + "ab" * 31,
        "1 " + "ab" * 33,
        "1 " + "zz" * 32,
        "0 " + "ab" * 32,
        "256 " + "ab" * 32,
        "ab" * 32,
        "1",
        "ключ",
        "\0" * 100,
    ],
)
def test_a_short_or_garbled_key_is_refused_in_one_sentence(key_file: Path, text: str) -> None:
    key_file.write_text(text)
    with pytest.raises(KeyUnusable, match="put it back from the copy") as refused:
        load_keys(key_file)
    assert "ab" * 8 not in str(refused.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"master\.key is missing: put it back"):
        load_keys(tmp_path / "master.key")


def test_a_key_is_made_only_where_there_is_no_data(tmp_path: Path) -> None:
    key_file, database = tmp_path / "master.key", tmp_path / "safar.db"
    database.write_bytes(b"data")
    with pytest.raises(KeyUnusable, match="is sealed with it"):
        keys_for(key_file, database)
    assert not key_file.exists()

    database.unlink()
    keys_for(key_file, database)
    assert key_file.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"cannot be written to .*make the folder"):
        create_key_file(tmp_path / "nowhere" / "master.key")


def test_no_key_bytes_show_in_repr_pickle_or_tracebacks(key_file: Path) -> None:
    digits = key_file.read_text().split()[-1]
    keys = load_keys(key_file)
    shown = [repr(keys), str(keys), repr(vars(type(keys)))]
    with pytest.raises(TypeError):
        pickle.dumps(keys)
    key_file.write_text(f"1 {digits[:-2]}\n")
    try:
        load_keys(key_file)
    except KeyUnusable as error:
        shown += traceback.TracebackException.from_exception(error, capture_locals=False).format()
        shown.append(repr(error.__cause__))

    assert all(digits[:16] not in text and repr(bytes.fromhex(digits))[2:20] not in text for text in shown)


def test_look_ups_are_known_answers() -> None:
    assert FIXED.lookup("telegram", "8000000001", "5000000001").hex() == LOOKUP
    assert FIXED.update("telegram", "8000000001", "77").hex() == UPDATE
    assert FIXED.tombstone(1).hex() == TOMBSTONE


def test_one_number_on_two_accounts_or_channels_gives_unrelated_values() -> None:
    accounts = [("telegram", "1"), ("telegram", "2"), ("whatsapp", "1"), ("telegram1", ""), ("", "telegram1")]
    values = {FIXED.lookup(channel, account, "79001234567") for channel, account in accounts}
    values |= {FIXED.update(channel, account, "79001234567") for channel, account in accounts}

    assert len(values) == 10
    assert hashlib.sha256(b"79001234567").digest() not in values


def test_another_master_key_gives_other_values() -> None:
    assert Keys({1: bytes(32)}).lookup("telegram", "1", "2") != FIXED.lookup("telegram", "1", "2")


@pytest.mark.parametrize("size", [0, 1, 55, 56, 64, 200])
def test_mac_is_hmac_sha256(size: int) -> None:
    message = bytes(size)
    assert Mac(b"k" * 32)(message) == hmac.digest(b"k" * 32, message, "sha256")
