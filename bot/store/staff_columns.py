"""The inventory of what staff and their alerts leave; see ``columns``."""

from typing import Final

from bot.store.inventory import CONTACT as _CONTACT
from bot.store.inventory import DAY as _DAY
from bot.store.inventory import Table
from bot.store.inventory import clear as _clear
from bot.store.inventory import sealed as _sealed

STAFF_TABLES: Final[dict[str, Table]] = {
    "broadcasts": Table(
        days=730,
        kept="two years, as the audit that names it",
        columns=(
            _clear("id", "order"),
            _clear("key", "16 random bytes, by which the console names it (T29)"),
            _clear("code", "what everybody who got it can read in it (T37)"),
            _clear("organisation", "public: every alert says who sends it"),
            _clear("state", "how far it has come"),
            _clear("version", "grows with each save"),
            _clear("digest", "hash of what an approval binds (T33)"),
            _clear("starts", "the second when it may begin; of staff's work, not of a person"),
            _clear("ends", "the second until which it is valid"),
            _clear("corrects", "the key of the one that it corrects"),
            _clear("author", "a handle"),
            _clear("created", "the minute; of staff's work"),
            _clear("approver", "a handle, never one of those who wrote it (T33)"),
            _clear("approved", "the digest that was approved"),
            _clear("approved_at", "the second of the approval: the account must have been older than a day"),
            _clear("counted", "how many were counted then"),
            _clear("audience", "how many recipients were written down"),
            _clear("began", "the second of the first sending"),
            _clear("held_until", "the second until which the rest waits (T35)"),
            _clear("reason", "why it stopped, a word"),
            _sealed("body", "texts and segment: whom it is for tells of those who are in it (T5)"),
        ),
    ),
    "broadcast_hands": Table(
        days=730,
        kept="as its broadcast",
        columns=(_clear("broadcast", "which"), _clear("handle", "who wrote or edited it")),
    ),
    "broadcast_deliveries": Table(
        days=30,
        kept="for corrections and the report; then only sums (T36)",
        columns=(
            _clear("id", "order of sending; the messenger gives it back with its news"),
            _clear("broadcast", "which; its segment is sealed"),
            _CONTACT,
            _clear("account", "keyed hash of our account that sends"),
            _clear("state", "due, sending, sent, failed, uncertain or skipped"),
            _clear("code", "a row of the failure table, or why it was skipped"),
            _clear("reached", "delivered or read, as far as the messenger tells"),
            _clear("fence", "under which lease it was claimed"),
            _DAY,
        ),
    ),
    "broadcast_sums": Table(
        days=730,
        kept="as its broadcast",
        columns=(
            _clear("broadcast", "which"),
            _clear("state", "as of its deliveries"),
            _clear("code", "as of its deliveries"),
            _clear("reached", "as of its deliveries"),
            _clear("n", "how many"),
        ),
    ),
    "segments": Table(
        days=None,
        kept="as long as the organisation works: alerts name their version",
        columns=(
            _clear("id", "order"),
            _clear("organisation", "public"),
            _clear("name", "what staff call it"),
            _clear("version", "from 1"),
            _clear("author", "a handle"),
            _clear("created", "the minute; of staff's work"),
            _sealed("body", "the rule"),
        ),
    ),
    "staff": Table(
        days=None,
        kept="until the data folder ends: a disabled handle is never another's, or the audit would lie",
        columns=(
            _clear("id", "order"),
            _clear(
                "handle", "a name at work, without e-mail, phone or address; audit and staff outlive the key (T7, T38)"
            ),
            _clear("organisation", "public"),
            _clear("roles", "what the account may do"),
            _clear("state", "invited, active or disabled"),
            _clear("created", "an account of today may not approve (T33)"),
            _clear("step", "the last 30 seconds whose code was accepted, so that none is accepted twice (T41)"),
            _sealed("password", "argon2id: sealed, so that a thief of the disk cannot even guess"),
            _sealed("totp", "the secret of the one-time codes"),
            _clear("invitation", "keyed hash of what lets them in the first time"),
            _clear("invited_until", "the second when it ends"),
            _clear("reset_by", "the handle of the first of two admins (T44)"),
            _clear("reset_until", "the second when that ends"),
        ),
    ),
    "staff_sessions": Table(
        days=1,
        kept="12 hours at most, half an hour without a sign of life (T43)",
        columns=(
            _clear("id", "order"),
            _clear("staff", "whose it is"),
            _clear("token", "keyed hash of 256 random bits"),
            _clear("level", "how far the sign-in has come"),
            _clear("began", "the second from which the 12 hours count"),
            _clear("seen", "the minute from which the half hour counts"),
            _clear("confirmed", "the second of the last one-time code (T44)"),
        ),
    ),
    "recovery_codes": Table(
        days=None,
        kept="until used, renewed, or the account is reset",
        columns=(
            _clear("id", "order"),
            _clear("staff", "whose it is"),
            _clear("code", "keyed hash of 80 random bits (T41)"),
        ),
    ),
    "audit": Table(
        days=730,
        kept="two years; nothing changes or removes a row before (T38)",
        columns=(
            _clear("id", "order, without a gap"),
            _clear("minute", "when; of staff at work, not of people who write"),
            _clear("handle", "who"),
            _clear("what", "one of a short list"),
            _clear("object", "keyed hash of the ticket, alert or account"),
            _clear("chain", "keyed hash of this row and the one before"),
        ),
    ),
    "api_tokens": Table(
        days=None,
        kept="until the data folder ends: an ended label is never another's, or the audit would lie",
        columns=(
            _clear("id", "order"),
            _clear("label", "a name of a program, without a person; with `api:` before it an author in the audit"),
            _clear("organisation", "public"),
            _clear("scopes", "what it may do"),
            _clear("token", "keyed hash of 256 random bits; gone when it was ended"),
            _clear("made_by", "the handle of an admin"),
            _clear("created_day", "since when"),
            _clear("until_day", "the last day on which it counts, a year away at most"),
            _clear("used_day", "day-sharp: is it still used?"),
        ),
    ),
    "api_answers": Table(
        days=1,
        kept="a day and a bit: so long a repeated request gets the answer that the first one got",
        columns=(
            _clear("id", "order"),
            _clear("token", "who asked"),
            _clear("key", "keyed hash of the name that the system gave to its request"),
            _clear("body", "keyed hash of what was asked"),
            _clear("reference", "the key of the alert that was drafted"),
            _clear("made", "the second from which the 24 hours count; of a program, not of a person"),
        ),
    ),
    "webhooks": Table(
        days=None,
        kept="until an admin removes it",
        columns=(
            _clear("id", "order"),
            _clear("organisation", "public"),
            _clear("state", "active, or ended by the receiver"),
            _sealed("sealed", "the address, which may hold a secret, and the secrets that sign"),
        ),
    ),
    "webhook_calls": Table(
        days=30,
        kept="three days of tries, and so that an admin sees what was given up",
        columns=(
            _clear("id", "order"),
            _clear("message", "16 random bytes, by which the receiver knows a repeat"),
            _clear("organisation", "public"),
            _clear("broadcast", "the alert's key, 16 random bytes"),
            _clear("event", "done, cancelled or paused"),
            _clear("reason", "a word: of the alert, not of a person"),
            _clear("state", "waiting, calling, done, given-up or ended"),
            _clear("made", "the second of the event; of an alert, not of a person"),
            _clear("due", "the second of the next try, or when a try that broke off is due again"),
            _clear("tries", "how many"),
            _clear("status", "what the receiver answered last"),
        ),
    ),
}
