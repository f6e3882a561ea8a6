"""A contact in memory while its updates are taken: cells are opened once, and sealed again only if changed."""

from functools import partial
from secrets import randbits
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import queries
from bot.store.changes import note
from bot.store.columns import SESSION_DAYS
from bot.store.database import ADDRESS, PROFILE, SESSION, WRAPPED, Database, contact_bytes, pack_address, unpack_address
from bot.store.protocol import Outcome, Person, Work
from bot.store.telling import alerts_of
from bot.store.tickets import Held


class Contact:
    """One row of ``contacts`` with its key. Writing is ``taking``'s; ``change`` says what has to be written."""

    __slots__ = (
        "account", "address", "address_cell", "change", "channel", "id", "key", "known", "lookup", "profile",
        "profile_cell", "seen_day", "session", "session_cell", "session_day", "state", "ticket", "ticket_row",
        "wrapped",
    )  # fmt: skip

    def __init__(self, row: Any) -> None:
        """From a row of ``queries.PEOPLE_BY_...``; nothing is opened yet."""
        (
            self.id, self.lookup, self.channel, self.state, self.seen_day, self.session_day, self.address_cell,
            self.profile_cell, self.session_cell, self.wrapped, *self.ticket_row,
        ) = row  # fmt: skip
        self.ticket: Held | None = None
        self.key: AESGCM | None = None
        self.account = self.address = ""
        self.profile: bytes | None = None
        self.session: bytes | None = None
        #: "", "cells" (profile or session), "days" (also a day or the state), "new" (the row itself).
        self.change = ""
        #: Nothing has changed that an index of contacts keeps.
        self.known = True

    @classmethod
    def create(cls, database: Database, work: Work, lookup: bytes) -> "tuple[Contact, AESGCM]":
        contact_id = randbits(63)
        secret = AESGCM.generate_key(256)
        key = AESGCM(secret)
        keys = database.keys
        wrapped = WRAPPED.wrap(keys.wrapping[keys.current], keys.current, contact_id, secret)
        address = ADDRESS.seal(key, contact_id, pack_address(work.account, work.address))
        day = database.day
        no_ticket = (None,) * 6
        contact = cls((contact_id, lookup, work.channel, "active", day, day, address, None, None, wrapped, *no_ticket))
        contact.key = key
        contact.account, contact.address = work.account, work.address
        contact.change = "new"
        contact.known = False
        database.remember_key(contact_id, key)
        return contact, key

    @property
    def id_bytes(self) -> bytes:
        return contact_bytes(self.id)

    def open(self, database: Database, work: Work) -> AESGCM:
        """The contact's key; with it profile, session and address are readable. Raises SealBroken."""
        if self.key is None:
            key = database.contact_key(self.id, self.wrapped)
            if self.profile_cell is not None:
                self.profile = PROFILE.open(key, self.id, self.profile_cell)
            if database.day - (self.session_day or 0) > SESSION_DAYS:
                self.session_cell = None
            elif self.session_cell is not None:
                self.session = SESSION.open(key, self.id, self.session_cell)
            self.ticket = Held.open(database, self.id, self.ticket_row)
            self.key = key
        if not self.account:
            if work.contact or work.ticket:
                self.account, self.address = unpack_address(ADDRESS.open(self.key, self.id, self.address_cell))
            else:
                self.account, self.address = work.account, work.address
        return self.key

    def rename(self, database: Database, lookup: bytes, account: str, address: str) -> None:
        """Known by another address from now on; written at once. Only after ``open``."""
        assert self.key is not None
        self.lookup, self.account, self.address = lookup, account, address
        self.address_cell = ADDRESS.seal(self.key, self.id, pack_address(account, address))
        row = (lookup, self.channel, self.address_cell, self.id)
        database.connection.execute(queries.REKEY, row)
        note(database, [self.id])

    def person(self, database: Database) -> Person:
        ticket = self.ticket.seen() if self.ticket else None
        alerts = partial(alerts_of, database, self.id)
        return Person(profile=self.profile, session=self.session, ticket=ticket, alerts=alerts)

    def keep(self, outcome: Outcome, day: int, *, heard: bool) -> bool:
        """Take over what a turn leaves; ``heard``: it was the person, not a timer. Is there anything to write?"""
        if outcome.profile is not None and outcome.profile != self.profile:
            self.profile, self.profile_cell = outcome.profile, None
            self.change = self.change or "cells"
            self.known = False
        if outcome.session is not None and outcome.session != self.session:
            self.session, self.session_cell = outcome.session, None
            self.change = self.change or "cells"
        if self.change == "new":
            return True
        if self.session_day != day or (heard and (self.seen_day != day or self.state != "active")):
            self.session_day = day
            if heard:
                self.known = self.known and (self.seen_day, self.state) == (day, "active")
                self.seen_day, self.state = day, "active"
            self.change = "days"
        return self.change != ""

    def seal(self) -> None:
        """Seal anew what was changed."""
        key = self.key
        assert key is not None, "only what was opened can have been changed"
        if self.profile_cell is None and self.profile is not None:
            self.profile_cell = PROFILE.seal(key, self.id, self.profile)
        if self.session_cell is None and self.session is not None:
            self.session_cell = SESSION.seal(key, self.id, self.session)
