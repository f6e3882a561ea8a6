"""Every way in which a sending can fail, whatever the channel: one row each (DESIGN section 6)."""

from typing import Final, Literal

import msgspec

#: fine: as good as sent. again: until the reply is a day old. few: a few times. once: sent again a single time, for it
#: may have arrived (THREATS T75). plain: once more as plain text (F20). template: as the template that stands for it.
#: never: set aside.
Way = Literal["fine", "again", "few", "once", "plain", "template", "never"]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    way: Way
    #: What staff read.
    staff: str
    #: The contact gets nothing more until they come back.
    blocks: bool = False
    #: The whole account stands still, so many seconds unless the platform says otherwise; 0: growing from one second.
    pause_seconds: float | None = None
    #: Tries after the first wait 1, ``base``, ``base`` squared ... seconds.
    base: float = 2
    level: Literal["debug", "info", "warning", "error"] = "info"


FAILURES: Final[dict[str, Failure]] = {
    "rate-limited": Failure(way="again", staff="The messenger asked to send more slowly.", level="warning"),
    "unreachable": Failure(
        way="again", staff="The messenger cannot be reached; replies wait.", pause_seconds=0, level="warning"
    ),
    "unauthorized": Failure(
        way="again", staff="The messenger refuses the token; put a new one.", pause_seconds=60, level="error"
    ),
    "conflict": Failure(
        way="again", staff="Another program works with the same token; stop it.", pause_seconds=60, level="error"
    ),
    "server-error": Failure(way="few", staff="The messenger has a fault of its own.", level="warning"),
    "no-answer": Failure(way="once", staff="No answer came; the reply may have arrived.", level="warning"),
    "refused": Failure(way="plain", staff="The messenger refused the reply's form.", level="error"),
    "not-editable": Failure(way="plain", staff="The older message can no longer be changed."),
    "not-modified": Failure(way="fine", staff="The message already reads so.", level="debug"),
    "not-found": Failure(way="fine", staff="The message is gone already.", level="debug"),
    "not-deletable": Failure(way="never", staff="The message is too old to be removed."),
    "too-late": Failure(way="fine", staff="The tap is too old to be confirmed.", level="debug"),
    "blocked": Failure(way="never", staff="The person blocked the bot.", blocks=True),
    "deactivated": Failure(way="never", staff="The person's account was deleted.", blocks=True),
    "forbidden": Failure(way="never", staff="The messenger does not let the bot write to this person.", blocks=True),
    "chat-not-found": Failure(way="never", staff="The messenger does not know this chat.", blocks=True),
    "migrated": Failure(way="never", staff="The chat became a group; the bot writes to people only.", blocks=True),
    "policy": Failure(
        way="again",
        staff="WhatsApp restricts the account for its rules; look into WhatsApp Manager.",
        pause_seconds=3600,
        level="error",
    ),
    "payment": Failure(
        way="again",
        staff="WhatsApp asks for a valid payment method; put one in WhatsApp Manager.",
        pause_seconds=600,
        level="error",
    ),
    "number-unusable": Failure(
        way="again",
        staff="The bot's own number is not registered or not approved; look into WhatsApp Manager.",
        pause_seconds=600,
        level="error",
    ),
    "maintenance": Failure(
        way="again", staff="WhatsApp does maintenance on the account; replies wait.", pause_seconds=60, level="warning"
    ),
    "pair-limited": Failure(way="again", staff="Too many messages to one person at once; they wait.", base=4),
    "window-closed": Failure(
        way="template",
        staff="The person has not written for a day, and no template stands for this.",
        level="warning",
    ),
    "undeliverable": Failure(
        way="never", staff="WhatsApp cannot deliver to this person: no WhatsApp, bot blocked, or a very old app."
    ),
    "held-back": Failure(way="never", staff="WhatsApp held the message back so as not to tire the person."),
    "opted-out": Failure(way="never", staff="The person asked WhatsApp for no such messages."),
    "not-allowed": Failure(
        way="never", staff="WhatsApp does not let this number write to this person.", level="warning"
    ),
    "template-missing": Failure(
        way="never",
        staff="WhatsApp has no such approved template, or another one; run: safar whatsapp templates.",
        level="error",
    ),
    "template-paused": Failure(
        way="never", staff="WhatsApp paused or disabled the template; run: safar whatsapp templates.", level="error"
    ),
    # These come from the outbox itself.
    "expired": Failure(way="never", staff="The reply could not be sent for a day.", level="warning"),
    "hidden": Failure(way="never", staff="The person hid the chat before the reply was sent.", level="debug"),
    "unreadable": Failure(way="never", staff="The reply could not be put into the channel's form.", level="error"),
    # These come from the store.
    "unclear": Failure(way="never", staff="Safar ended twice while the reply was being sent; it may have arrived."),
    "seal-broken": Failure(way="never", staff="The reply's seal is broken; look at the disk.", level="error"),
}


def failure(code: str) -> Failure:
    """The row of ``code``; an unknown code is a refusal."""
    return FAILURES.get(code, FAILURES["refused"])
