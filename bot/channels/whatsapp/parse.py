"""A raw webhook → what the conversation may know of it, in order. People only: groups are ignored (THREATS T26)."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final, TypeVar, get_args

import msgspec

from bot.channels.protocol import Incoming, Report, Request
from bot.channels.whatsapp import updates
from bot.channels.whatsapp.failures import failure_code
from bot.channels.whatsapp.said import event_of

_T = TypeVar("_T")
_Decode = Callable[[bytes | msgspec.Raw], _T]

_USER_ID: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,132}")
_PHONE: Final = re.compile(r"\+?([0-9]{5,20})")
_MOVED: Final = frozenset({"user_changed_number", "user_changed_user_id", "customer_changed_number"})
_STATES: Final[Mapping[str, updates.State]] = {state: state for state in get_args(updates.State)}
#: What becomes of a template: those of these events can be sent no longer, and why, in the failure table.
_STOPS: Final = {
    "REJECTED": "template-missing",
    "PAUSED": "template-paused",
    "DISABLED": "template-paused",
    "PENDING_DELETION": "template-paused",
}
_RESUMES: Final = frozenset({"APPROVED", "REINSTATED"})
#: Events of ``account_update`` after which the account sends no longer as it did.
_RESTRICTIONS: Final = frozenset({"ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION", "ACCOUNT_DELETED", "DISABLED_UPDATE"})
#: What ``DISABLED_UPDATE`` says when the account may send again.
_LIFTED: Final = "REINSTATE"


def _decoder(kind: type[_T]) -> _Decode[_T]:
    return msgspec.json.Decoder(kind).decode


_webhook: Final = _decoder(updates.Webhook)
_entry: Final = _decoder(updates.Entry)
_change: Final = _decoder(updates.Change)
_value: Final = _decoder(updates.Value)
_contact: Final = _decoder(updates.Contact)
_message: Final = _decoder(updates.Message)
_status: Final = _decoder(updates.Status)
_error: Final = _decoder(updates.Error)
_template_update: Final = _decoder(updates.TemplateUpdate)
_account_update: Final = _decoder(updates.AccountUpdate)


class Parsed(msgspec.Struct, kw_only=True):
    """``paused``: templates, by name and Meta's code, with whether they are to be left alone from now on.

    ``unread``: pieces that could not be read.
    """

    incoming: list[Incoming] = []
    paused: dict[tuple[str, str], bool] = {}
    unread: int = 0


def parse(raw: bytes, accounts: Collection[str]) -> Parsed:
    """One webhook. Messages and reports for other accounts than ``accounts`` are left out (THREATS T52)."""
    return _Reader(accounts).read(raw)


class _Reader:
    def __init__(self, accounts: Collection[str]) -> None:
        self._accounts = accounts
        self._parsed = Parsed()

    def read(self, raw: bytes) -> Parsed:
        for webhook in self._each(_webhook, (raw,)):
            for entry in self._each(_entry, webhook.entry):
                for change in self._each(_change, entry.changes):
                    self._take(change)
        return self._parsed

    def _each(self, decode: _Decode[_T], several: Iterable[bytes | msgspec.Raw]) -> Iterator[_T]:
        """Those that can be read; the others are counted."""
        for one in several:
            try:
                found = decode(one)
            except (ValueError, RecursionError):
                self._parsed.unread += 1
            else:
                yield found

    def _take(self, change: updates.Change) -> None:
        match change.field:
            case "messages":
                for value in self._each(_value, (change.value,)):
                    if value.metadata.phone_number_id in self._accounts:
                        self._take_value(value, value.metadata.phone_number_id)
            case "message_template_status_update":
                for update in self._each(_template_update, (change.value,)):
                    if update.event in _STOPS:
                        self._report_all(change, _STOPS[update.event])
                    if update.event in _STOPS or update.event in _RESUMES:
                        self._parsed.paused[update.name, update.language] = update.event in _STOPS
            case "account_update":
                for account_update in self._each(_account_update, (change.value,)):
                    if account_update.event in _RESTRICTIONS and account_update.ban_info.waba_ban_state != _LIFTED:
                        self._report_all(change, "policy")

    def _take_value(self, value: updates.Value, account: str) -> None:
        found = self._parsed.incoming
        senders = _Senders(list(self._each(_contact, value.contacts)) if value.messages else [])
        for message in self._each(_message, value.messages):
            if not message.group_id:
                found += _moved(message, account) if message.type == "system" else self._said(message, senders, account)
        for status in self._each(_status, value.statuses):
            found += _reported(status, account)
        # Beside a message it is the error of that message, which is answered.
        for raw in () if value.messages else value.errors:
            found += (_news(account, raw, failure_code(error.code)) for error in self._each(_error, (raw,)))

    def _said(self, message: updates.Message, senders: "_Senders", account: str) -> Iterator[Incoming]:
        event = event_of(message)
        if event is None:
            return
        known = senders.addresses(message)
        if not known:
            self._parsed.unread += 1
            return
        yield Incoming(
            account=account,
            address=known[0],
            update=message.id,
            event=event,
            also=known[1:],
            calls=(_seen(message.id),),
        )

    def _report_all(self, change: updates.Change, code: str) -> None:
        """News of a business account names none of its numbers: it is told of the first one, once."""
        for account in sorted(self._accounts)[:1]:
            self._parsed.incoming.append(_news(account, change.value, code))


class _Senders:
    """The contacts of one change, by what is known of them."""

    def __init__(self, contacts: Sequence[updates.Contact]) -> None:
        self._by_address = {address: one for one in contacts for address in (one.wa_id, one.user_id) if address}
        self._only = contacts[0] if len(contacts) == 1 else None

    def addresses(self, message: updates.Message) -> tuple[str, ...]:
        """The business-scoped user id and the phone number, as far as they are known, in this order."""
        phone, user_id = message.phone, message.from_user_id
        contact, only = self._by_address.get(phone or user_id), self._only
        if contact is None and only is not None and not (only.wa_id if phone else user_id):
            contact = only
        if contact is None:
            return _valid(user_id, phone)
        return _valid(user_id or contact.user_id, phone or contact.wa_id)


def _moved(message: updates.Message, account: str) -> Iterator[Incoming]:
    """A person has another number, and with it another user id: both lead to what is known of the old ones."""
    system = message.system
    if system is None or system.type not in _MOVED:
        return
    new = system.user_id, system.wa_id or system.new_wa_id
    old = system.previous_user_id, message.from_user_id, message.phone, system.customer
    known = _valid(*new, *old)
    if known and len(_valid(*new)):
        yield Incoming(account=account, address=known[0], update=message.id, also=known[1:])


def _reported(status: updates.Status, account: str) -> Iterator[Incoming]:
    """What became of one of our messages; what carries no mark of ours is told to nobody."""
    tracking, state = status.biz_opaque_callback_data, _STATES.get(status.status)
    if not tracking or state is None or status.recipient_type == "group":
        return
    code = ""
    if state == "failed":
        code = failure_code(status.errors[0].code) if status.errors else "refused"
    yield Incoming(
        account=account,
        address=next(iter(_valid(status.recipient_user_id, status.recipient_id)), ""),
        update=f"{status.id}:{status.status}",
        report=Report(tracking=tracking, state=state, code=code),
    )


def _news(account: str, raw: msgspec.Raw, code: str) -> Incoming:
    """Something that staff must know. It has no id: the same words again are the same news."""
    digest = blake2b(bytes(raw), digest_size=12).hexdigest()
    report = Report(tracking="", state="failed", code=code)
    return Incoming(account=account, address="", update=f"news:{digest}", report=report)


def _seen(message_id: str) -> Request:
    """The two blue ticks, and "typing" until the answer comes, or for 25 seconds."""
    params = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return Request(method="messages", params={**params, "typing_indicator": {"type": "text"}}, aside=True)


def _valid(*addresses: str) -> tuple[str, ...]:
    """Those that have the form of a user id or of a phone number, each once."""
    found: dict[str, None] = {}
    for address in addresses:
        phone = _PHONE.fullmatch(address)
        if phone is not None:
            found[phone[1]] = None
        elif _USER_ID.fullmatch(address):
            found[address] = None
    return tuple(found)
