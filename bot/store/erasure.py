"""*Delete me*: a contact's row goes, by the schema's cascades all that refers to it (T14), then its ghosts (T15)."""

from contextlib import suppress
from operator import itemgetter

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import queries
from bot.store.changes import note
from bot.store.columns import MESSAGE_HOURS
from bot.store.database import REF, Database, day_of, unstamp
from bot.store.sealing import SealBroken
from bot.store.tickets import bury_all_of


def erase_contact(database: Database, contact: int) -> None:
    bury_all_of(database, contact)
    database.connection.execute(queries.ERASE, (contact,))
    note(database, [contact])
    database.connection.execute(queries.ADD_TOMBSTONE, (database.keys.tombstone(contact), database.day))
    database.forget_key(contact)
    database.ghosts = True


def erase_address(database: Database, channel: str, account: str, address: str) -> bool:
    row = database.connection.execute(queries.FIND, (database.keys.lookup(channel, account, address),)).fetchone()
    if row is None:
        return False
    erase_contact(database, row[0])
    return True


def messages_to_wipe(database: Database, contact: int, key: AESGCM) -> tuple[str, ...]:
    """Platform ids of the contact's messages under 48 hours, oldest first; one whose seal is broken is left out."""
    oldest = database.now - MESSAGE_HOURS * 3600
    opened = []
    for number, cell in database.connection.execute(queries.MESSAGES_OF, (contact, day_of(oldest))).fetchall():
        with suppress(SealBroken):
            opened.append(unstamp(REF.open(key, number, cell)))
    return tuple(ref.decode() for at, ref in sorted(opened, key=itemgetter(0)) if at > oldest)
