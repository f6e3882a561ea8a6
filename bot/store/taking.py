"""Taking updates: load, step, seal, write; a whole batch with a handful of statements.

Nothing but the update's hash is written before its step has run, so a step that raises leaves nothing behind (F21).
"""

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import queries
from bot.store.changes import note
from bot.store.database import BODY, QUESTION, REF, TIMER, Database, stamp
from bot.store.erasure import erase_contact, messages_to_wipe
from bot.store.moving import adopt, offer
from bot.store.outbox import drop_waiting, open_rows
from bot.store.people import Contact
from bot.store.protocol import OutboxRow, Outcome, Person, Taken, Timer, Work
from bot.store.sealing import SealBroken
from bot.store.telling import tell
from bot.store.tickets import Held

_GONE = Taken(gone=True)
_NOBODY = Person()


def take_all(database: Database, works: Sequence[Work]) -> list[Taken | SealBroken]:
    batch = _Batch(database, works)
    results = [batch.take(work, update) for work, update in zip(works, batch.updates, strict=True)]
    batch.finish()
    return results


def _people(database: Database, lookups: list[bytes], ids: list[int], desks: list[bytes]) -> dict[int, Any]:
    """Rows by contact, of contacts that no other process touches before the commit. Whoever took on one of the look-ups
    while the others were being locked is locked too."""
    while True:
        ours = database.lock_people(lookups, ids, desks)
        people = {row[0]: row for row in database.select(queries.PEOPLE_BY_LOOKUP, lookups)}
        people.update((row[0], row) for row in database.select(queries.PEOPLE_BY_ID, ids))
        people.update((row[0], row) for row in database.select(queries.PEOPLE_BY_DESK, desks))
        if ours is None or people.keys() <= set(ours):
            return people


def _check_ticket(contact: Contact | None, outcome: Outcome) -> None:
    """Raises ValueError for a change that fits no ticket: the step is wrong, and nothing of it may be written."""
    held = contact.ticket if contact is not None else None
    if outcome.ticket is None:
        return
    if held is None if not outcome.ticket.opens else held is not None and not held.closed:
        raise ValueError("a ticket is opened beside an open one, or one is changed that does not exist")


def _weight(contact: Contact) -> tuple[bool, bool, int]:
    """Who stays when two contacts are one person: who talks to a caseworker, of whom more is known, who wrote last."""
    return contact.ticket_row[0] is not None, contact.profile_cell is not None, contact.seen_day


class _Batch:
    def __init__(self, database: Database, works: Sequence[Work]) -> None:
        self._db = database
        keys = database.keys
        #: The hash of each work's update; None for what Safar itself started.
        self.updates = [w.update if w.update is None else keys.update(w.channel, w.account, w.update) for w in works]
        self._open = self._remember([update for update in self.updates if update is not None])
        lookups = [keys.lookup(w.channel, w.account, w.address) for w in works if not (w.contact or w.ticket)]
        also = [
            keys.lookup(w.channel, w.account, address)
            for w in works
            if not (w.contact or w.ticket)
            for address in w.also
        ]
        ids = [int.from_bytes(w.contact, "big") for w in works if w.contact]
        desks = [keys.desk(w.organisation, w.ticket) for w in works if w.ticket]
        self._by_id = {number: Contact(row) for number, row in _people(database, lookups + also, ids, desks).items()}
        self._by_lookup = {contact.lookup: contact for contact in self._by_id.values()}
        self._by_desk = {contact.ticket_row[2]: contact for contact in self._by_id.values()}
        self._lookups = iter(lookups)
        self._start()

    def _remember(self, updates: list[bytes]) -> set[bytes]:
        """Those that had not been taken before; written already, and taken back by ``finish`` if no step succeeds."""
        return {row[0] for row in self._db.select(queries.ADD_UPDATES, sorted(updates), self._db.day)}

    def _start(self) -> None:
        """What waits to be written."""
        self._changed: dict[int, Contact] = {}
        self._outbox: list[tuple[Any, ...]] = []
        self._messages: list[tuple[Any, ...]] = []
        self._waits: dict[int, tuple[Any, ...]] = {}
        self._reminders: list[tuple[Any, ...]] = []
        self._questions: list[tuple[Any, ...]] = []
        self._tickets: dict[int, Held] = {}
        self._told: list[tuple[Contact, tuple[str, ...]]] = []

    def take(self, work: Work, update: bytes | None) -> Taken | SealBroken:
        """The works must come in the order in which the batch was made."""
        lookup = b"" if work.contact or work.ticket else next(self._lookups)
        if work.ticket:
            try:
                contact = self._of_desk(work)
            except SealBroken as broken:
                return broken
            if contact is None:
                return _GONE
        elif work.contact:
            contact = self._by_id.get(int.from_bytes(work.contact, "big"))
            if contact is None or contact.state == "blocked":
                return _GONE
        else:
            contact = self._by_lookup.get(lookup)
        if update is not None and update not in self._open:
            return self._repeat(contact, update)
        try:
            if work.also and not work.contact:
                contact = self._united(work, lookup, contact)
            key = None if contact is None else contact.open(self._db, work)
        except SealBroken as broken:
            return broken
        try:
            outcome = work.step(_NOBODY if contact is None else contact.person(self._db))
            _check_ticket(contact, outcome)
        except Exception as error:  # the step is not ours: its error is the caller's to judge
            return Taken(error=error)
        if update is not None:
            self._open.remove(update)
        if outcome.forget:
            return self._forget(work, contact, outcome)
        if contact is None or key is None:
            contact, key = Contact.create(self._db, work, lookup)
            self._by_id[contact.id] = self._by_lookup[lookup] = contact
        return self._keep(work, contact, key, outcome, update)

    def _united(self, work: Work, lookup: bytes, contact: Contact | None) -> Contact | None:
        """One contact for all addresses of the person, known by the first of them: the one heard of last. Raises
        SealBroken."""
        keys = self._db.keys
        found = [self._by_lookup.get(keys.lookup(work.channel, work.account, address)) for address in work.also]
        same = {one.id: one for one in (contact, *found) if one is not None}
        if not same or list(same.values()) == [contact]:
            return contact
        self.write()
        heir = max(same.values(), key=_weight)
        key = heir.open(self._db, work)
        for other in same.values():
            del self._by_lookup[other.lookup]
            if other is not heir:
                adopt(self._db, heir.id, key, other.id, other.open(self._db, work))
                del self._by_id[other.id]
        heir.rename(self._db, lookup, work.account, work.address)
        self._by_lookup[lookup] = heir
        return heir

    def _keep(self, work: Work, contact: Contact, key: AESGCM, outcome: Outcome, update: bytes | None) -> Taken:
        db = self._db
        day = db.day
        if contact.keep(outcome, day, heard=not (work.contact or work.ticket)):
            self._changed[contact.id] = contact
        change = outcome.ticket
        if change is not None:
            if change.opens:
                contact.ticket = Held.new(db, contact.id, change.organisation)
            assert contact.ticket is not None, "checked before"
            contact.ticket.take(db, change)
            self._tickets[contact.ticket.id] = contact.ticket
        if work.ref is not None:
            number = db.new_id()
            ref = REF.seal(key, number, stamp(db.now, work.ref.encode()))
            self._messages.append((number, contact.id, day, ref))
        contact_id = contact.id_bytes
        rows = []
        for body in outcome.outbox:
            number = db.new_id()
            self._outbox.append((number, contact.id, update, day, BODY.seal(key, number, body)))
            rows.append(
                OutboxRow(
                    id=number,
                    contact=contact_id,
                    channel=contact.channel,
                    account=contact.account,
                    address=contact.address,
                    body=body,
                )
            )
        for timer in outcome.timers:
            self._add_timer(contact, key, timer)
        for body in outcome.questions:
            number = db.new_id()
            self._questions.append((number, contact.id, day, QUESTION.seal(key, number, body)))
        if outcome.alerts:
            self._told.append((contact, outcome.alerts))
        if outcome.move:
            self.write()
            offer(db, contact.id, key, outcome.move)
        wipe: tuple[str, ...] = ()
        if outcome.hide:
            self.write()
            drop_waiting(db, contact.id, rows[0].id if rows else db.new_id())
            wipe = messages_to_wipe(db, contact.id, key)
        return Taken(contact=contact_id, rows=tuple(rows), wipe=wipe)

    def _add_timer(self, contact: Contact, key: AESGCM, timer: Timer) -> None:
        number = self._db.new_id()
        cell = TIMER.seal(key, number, stamp(timer.due.timestamp(), timer.body))
        row = (number, contact.id, timer.kind, self._db.day, cell)
        if timer.kind == "wait":
            self._waits[contact.id] = row
        else:
            self._reminders.append(row)

    def _of_desk(self, work: Work) -> Contact | None:
        """Whose newest ticket it is, if it is that organisation's still (T29). Raises SealBroken."""
        desk = self._db.keys.desk(work.organisation, work.ticket)
        contact = self._by_desk.get(desk)
        if contact is None or contact.id not in self._by_id:
            return None
        contact.open(self._db, work)
        return contact if contact.ticket is not None and contact.ticket.desk == desk else None

    def _repeat(self, contact: Contact | None, update: bytes) -> Taken:
        if contact is None:
            return Taken(repeat=True)
        self.write()
        rows = open_rows(self._db, queries.UNSENT_OF_UPDATE, (contact.id, update))
        return Taken(repeat=True, contact=contact.id_bytes, rows=tuple(rows))

    def _forget(self, work: Work, contact: Contact | None, outcome: Outcome) -> Taken:
        self.write()
        account, address, contact_id = work.account, work.address, b""
        wipe: tuple[str, ...] = ()
        if contact is not None and contact.key is not None:
            account, address, contact_id = contact.account, contact.address, contact.id_bytes
            wipe = messages_to_wipe(self._db, contact.id, contact.key)
            erase_contact(self._db, contact.id)
            del self._by_id[contact.id], self._by_lookup[contact.lookup]
        if work.ref is not None:
            wipe = (*wipe, work.ref)
        rows = tuple(
            OutboxRow(id=0, contact=contact_id, channel=work.channel, account=account, address=address, body=body)
            for body in outcome.outbox
        )
        return Taken(contact=contact_id, rows=rows, wipe=wipe)

    def finish(self) -> None:
        self.write()
        self._db.write(queries.UNDO_UPDATE, [(update,) for update in self._open])

    def write(self) -> None:
        """Write what waits; at the end, or before something has to be read back."""
        db = self._db
        self._write_contacts()
        db.write(queries.ADD_OUTBOX, self._outbox)
        db.write(queries.ADD_MESSAGE, self._messages)
        db.write(queries.DROP_WAIT, [(contact,) for contact in self._waits])
        db.write(queries.ADD_TIMER, [*self._waits.values(), *self._reminders])
        db.write(queries.ADD_QUESTION, self._questions)
        for ticket in self._tickets.values():
            ticket.write(db)
        for contact, codes in self._told:
            tell(db, contact.id, db.keys.account(contact.channel, contact.account), codes)
        self._start()

    def _write_contacts(self) -> None:
        db = self._db
        new, wrapped, days, cells = [], [], [], []
        for c in self._changed.values():
            c.seal()
            if c.change == "new":
                cell_row = (c.address_cell, c.profile_cell, c.session_cell)
                new.append((c.id, c.lookup, c.channel, c.seen_day, c.seen_day, c.session_day, *cell_row))
                wrapped.append((c.id, c.wrapped))
            elif c.change == "days":
                days.append((c.state, c.seen_day, c.session_day, c.profile_cell, c.session_cell, c.id))
            else:
                cells.append((c.profile_cell, c.session_cell, c.id))
            c.change = ""
        note(db, [c.id for c in self._changed.values() if not c.known])
        for c in self._changed.values():
            c.known = True
        db.write(queries.ADD_CONTACT, new)
        db.write(queries.ADD_KEY, wrapped)
        db.write(queries.SAVE_ALL, days)
        db.write(queries.SAVE_CELLS, cells)
