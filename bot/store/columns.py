"""The inventory: how long each table's rows live, and each column clear or sealed, with the reason (T1, T5, T11).

A table or column that is not declared here fails the tests.
"""

from typing import Final

from bot.store.inventory import CONTACT as _CONTACT
from bot.store.inventory import DAY as _DAY
from bot.store.inventory import Table
from bot.store.inventory import clear as _clear
from bot.store.inventory import sealed as _sealed
from bot.store.staff_columns import STAFF_TABLES

#: Of a message, as numbers in ``deliveries``: what comes later in this list is never undone by what comes before it.
STATES: Final = ("sent", "failed", "delivered", "read")

#: Session and profile live in one row with two terms of their own.
SESSION_DAYS: Final = 30
CONTACT_DAYS: Final = 180
#: Who takes alerts is asked each year, and has a month to answer (M5).
ALERTS_DAYS: Final = 365 + 30
MESSAGE_HOURS: Final = 48
#: A closed ticket is destroyed with its key so many hours later (T30).
TICKET_HOURS: Final = 24
_TICKET: Final = "as its ticket; gone, nothing of the ticket opens any more, not even with the master key (T30)"

TABLES: Final[dict[str, Table]] = {
    "meta": Table(
        days=None,
        kept="a handful of rows about the database itself",
        columns=(
            _clear("name", "canary, next_id or schema, clock, backup_folder, the ends of the audit"),
            _clear("value", "nothing about a person; the canary is sealed with a key of its own"),
        ),
    ),
    "contacts": Table(
        days=CONTACT_DAYS,
        kept="180 silent days, of people who take alerts 395; its session 30 (M5)",
        columns=(
            _clear("id", "63 random bits"),
            _clear("lookup", "HMAC-SHA-256 under a key of the channel and account (T3)"),
            _clear("channel", "which messenger; needed to choose the sender, true of thousands"),
            _clear("state", "active or blocked"),
            _clear("created_day", "day-sharp (T12)"),
            _clear("seen_day", "day-sharp (T12); the term of the contact counts from it"),
            _clear("session_day", "day-sharp (T12); the term of the session counts from it"),
            _sealed("address", "account and address: who"),
            _sealed("profile", "language, citizenship, country, city: who and where from"),
            _sealed("session", "where the contact stands: about what"),
        ),
    ),
    "contact_keys": Table(
        days=CONTACT_DAYS,
        kept="exactly as long as its contact; gone, nothing of the contact opens any more",
        columns=(_CONTACT, _sealed("wrapped", "the contact's key, under the master key")),
    ),
    "updates": Table(
        days=8,
        kept="WhatsApp repeats an update for 7 days",
        columns=(
            _clear("id", "order, so that the oldest are found without an index"),
            _clear("key", "keyed hash of the update's id, without a contact (T4)"),
            _DAY,
        ),
    ),
    "outbox": Table(
        days=1,
        kept="until acknowledged; what could not be sent within a day or two fails as `expired` (F15)",
        columns=(
            _clear("id", "order of sending"),
            _CONTACT,
            _clear("update_key", "the update that it answers, as in `updates`"),
            _clear("state", "waiting, sending or held (after a restore)"),
            _clear("attempts", "how often it was claimed"),
            _clear("due", "0; only after a failed try the second of the next one, gone with the row"),
            _DAY,
            _sealed("body", "the reply: about what"),
            _clear("fence", "under which lease it was claimed"),
        ),
    ),
    "failures": Table(
        days=30,
        kept="for the report of what did not arrive; then only sums",
        columns=(
            _clear("id", "the outbox row's"),
            _CONTACT,
            _DAY,
            _clear("code", "a row of the failure table, the same for everyone whom it befell"),
        ),
    ),
    "messages": Table(
        days=2,
        kept="48 hours: as long as Telegram lets a bot delete (T17)",
        columns=(
            _clear("id", "order"),
            _CONTACT,
            _DAY,
            _sealed("ref", "platform ids betray the person (T4); sealed with its second, for the 48 hours"),
        ),
    ),
    "timers": Table(
        days=None,
        kept="until it fires, or as long as its contact",
        columns=(
            _clear("id", "order"),
            _CONTACT,
            _clear("kind", "a talk that waits, or a reminder: the next wait must find the last one"),
            _clear("state", "waiting, or held after a restore"),
            _clear("day", "of the next look, today or tomorrow for everyone: it tells no term"),
            _sealed("body", "what wakes up, and when: a term tells the flow (T5)"),
        ),
    ),
    "deliveries": Table(
        days=30,
        kept="for the report of what arrived; then only sums (T36)",
        columns=(
            _clear("id", "the outbox row's, which the messenger gives back with its news"),
            _CONTACT,
            _clear("state", "sent, failed, delivered or read: of a message, not of its topic"),
            _DAY,
        ),
    ),
    "moves": Table(
        days=1,
        kept="ten minutes, sealed; the row goes with the next code, the next clean-up or its contact (T24)",
        columns=(
            _clear("id", "order"),
            _CONTACT,
            _clear("key", "keyed hash of a random code"),
            _DAY,
            _sealed("until", "when the code ends: it tells the minute of a talk (T12)"),
        ),
    ),
    "questions": Table(
        days=30,
        kept="long enough for an editor to write what was missing (T13)",
        columns=(
            _clear("id", "order"),
            _CONTACT,
            _DAY,
            _sealed("body", "what was asked, scrubbed, of people who agreed: about what"),
        ),
    ),
    "tickets": Table(
        days=30,
        kept="24 hours after closing, to the second that is sealed; 30 days when nobody writes any more (T30)",
        columns=(
            _clear("id", "order"),
            _CONTACT,
            _clear("ticket", "16 random bytes, by which the console names it (T29)"),
            _clear("desk", "keyed hash of ticket and organisation: two tickets of one organisation share nothing (T5)"),
            _clear("state", "open or closed: a contact has one open ticket at most, and what is closed is destroyed"),
            _clear("day", "of the last line, or of the closing; day-sharp (T12)"),
            _sealed("head", "organisation, need, language, where, who waits since when: who, about what"),
        ),
    ),
    "ticket_keys": Table(
        days=30,
        kept=_TICKET,
        columns=(
            _clear("ticket", "whose key it is"),
            _sealed("wrapped", "the ticket's own key, under the master key"),
        ),
    ),
    "ticket_lines": Table(
        days=30,
        kept=_TICKET,
        columns=(
            _clear("id", "order: an answer tells which line it answers"),
            _clear("ticket", "which talk; it has no organisation, need or language in the clear"),
            _sealed("body", "what was written, by whom and when"),
        ),
    ),
    "leases": Table(
        days=None,
        kept="a row for each thing that one process does at a time",
        columns=(
            _clear("name", "a role, or the keyed hash of one of our own accounts"),
            _clear("holder", "a random name of a process"),
            _clear("fence", "a number, higher for each new holder"),
            _clear("until", "ten seconds from the last sign of life"),
        ),
    ),
    "changes": Table(
        days=1,
        kept="two minutes, for the indexes of all processes to follow; it tells who, not what",
        columns=(
            _clear("id", "order"),
            _sealed("who", "the contact's number, so that nothing refers to somebody erased (T14)"),
        ),
    ),
    "tombstones": Table(
        days=14,
        kept="as long as a backup lives, so that a restore revives nobody (T14, T16)",
        columns=(_clear("mark", "keyed hash of the id of an erased contact or ticket"), _DAY),
    ),
    "flow_versions": Table(
        days=None,
        kept="public texts; sessions may stand in any of them",
        columns=(
            _clear("flow", "public"),
            _clear("version", "public"),
            _clear("source", "public: what everybody can read in the chat"),
        ),
    ),
    "counts": Table(
        days=None,
        kept="sums without a contact (T12)",
        columns=(
            _clear("hour", "hour-sharp at most, of the sum and not of a person"),
            _clear("topic", "summed over everybody"),
            _clear("n", "how many"),
        ),
    ),
    **STAFF_TABLES,
}
