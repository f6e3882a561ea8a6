"""WhatsApp between the bot's numbers and people's phones: chats, windows, paces, statuses, webhooks."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from tests.fakes import graphfaults as faults
from tests.fakes.graphfaults import Fault, Refused
from tests.fakes.graphhook import Hook
from tests.fakes.graphpeople import Person, Shown, numbered
from tests.fakes.graphtemplates import Templates

TOKEN = "EAAFakeFakeFakeFakeFakeFakeFakeFakeFakeFake01"
APP_SECRET = "fa4efa4efa4efa4efa4efa4efa4efa4e"
VERIFY_TOKEN = "fake-verify-token-fake-verify-token-fake-v1"
PHONE_ID = "106540352000001"
BUSINESS_ID = "102290129000001"

WINDOW_SECONDS = 24 * 3600
#: One message in 6 s to one person, 45 at once (README of the specs).
PAIR_SECONDS, PAIR_BURST = 6.0, 45


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A business number. ``number`` is shown to people."""

    id: str = PHONE_ID
    business: str = BUSINESS_ID
    token: str = TOKEN
    number: str = "15550100100"


class Network:
    """Numbers, people and what passes between them; ``graphapi.GraphApi`` puts the API before it."""

    def __init__(self, accounts: tuple[Account, ...], keeps_seconds: float) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.templates = {account.business: Templates() for account in accounts}
        self.hook = Hook(APP_SECRET, keeps_seconds)
        self.people: dict[str, Person] = {}
        #: Account, person -> what the chat shows of the bot's, oldest first.
        self.chats: dict[tuple[str, str], list[Shown]] = defaultdict(list)
        #: What is told of each message that arrives, in this order; repeat or shuffle it at will.
        self.statuses: tuple[str, ...] = ("sent", "delivered")
        self.status_seconds = 0.01
        #: Whether a message beyond the window is refused at once, and not by a status.
        self.window_at_once = False
        #: Whether the pace of one chat is enforced.
        self.pair_rate = False
        self._skipped = 0.0
        self._wrote: dict[tuple[str, str], float] = {}
        #: Account, person -> seconds still to be paid back, and since when.
        self._debts: dict[tuple[str, str], tuple[float, float]] = {}
        self._last = 0
        self._batch: list[tuple[str, dict[str, Any]]] | None = None
        self._telling: set[asyncio.Task[None]] = set()

    # what a test does and sees

    def skip(self, seconds: float) -> None:
        """Let so much time pass for the windows and paces."""
        self._skipped += seconds

    def now(self) -> float:
        return time.time() + self._skipped

    def person(self, id: str, **known: str) -> Person:
        """The person with this business-scoped id; made with a visible number unless ``phone`` says otherwise."""
        if id not in self.people:
            known.setdefault("phone", f"7999{1000000 + len(self.people)}")
            self.people[id] = Person(id=id, **known)
        return self.people[id]

    def shown(self, id: str, account: str = PHONE_ID) -> list[Shown]:
        return self.chats[account, id]

    def texts(self, id: str, account: str = PHONE_ID) -> list[str]:
        """What the chat shows of the bot's, oldest first."""
        return [shown.text for shown in self.chats[account, id]]

    async def says(self, id: str, text: str, account: str = PHONE_ID) -> str:
        return await self.sends(id, {"type": "text", "text": {"body": text}}, account)

    async def sends_location(self, id: str, latitude: float, longitude: float, account: str = PHONE_ID) -> str:
        place = {"latitude": latitude, "longitude": longitude}
        return await self.sends(id, {"type": "location", "location": place}, account)

    async def taps(self, id: str, title: str, account: str = PHONE_ID) -> str:
        """Tap the newest button or row of a list with this title or description."""
        for shown in reversed(self.chats[account, id]):
            for button in shown.buttons():
                if title in (button.title, button.description):
                    context = {"from": self.accounts[account].number, "id": shown.id}
                    return await self.sends(id, {"context": context, **button.reply}, account)
        raise AssertionError(f"no button {title!r}")

    async def sends(self, id: str, content: Mapping[str, Any], account: str = PHONE_ID) -> str:
        """A person sends anything: the message's fields beside its id, time and sender. Returns its id."""
        person, wamid = self.person(id), self._wamid()
        self._wrote[account, id] = self.now()
        message = {**person.sender(), "id": wamid, "timestamp": str(int(self.now())), **content}
        self._tell(account, {"contacts": [person.contact()], "messages": [message]})
        return wamid

    async def changes_number(self, id: str, phone: str = "", account: str = PHONE_ID) -> str:
        """A new number makes a new id; Meta tells both. ``phone`` "": none may be shown."""
        old = self.people.pop(id)
        new = self.people[numbered(id)] = msgspec.structs.replace(old, id=numbered(id), phone=phone)
        self.chats[account, new.id] = self.chats.pop((account, id), [])
        self._wrote[account, new.id] = self._wrote.get((account, id), 0)
        system = {"body": "User changed", "user_id": new.id, "previous_user_id": id}
        system |= {"type": "user_changed_number", "wa_id": phone} if phone else {"type": "user_changed_user_id"}
        message = {"id": self._wamid(), "timestamp": str(int(self.now())), "type": "system", "system": system}
        if phone and old.phone:
            message["from"] = old.phone
        self._tell(account, {"messages": [message]})
        return new.id

    def review(self, name: str, language: str, status: str, business: str = BUSINESS_ID) -> None:
        """Meta's decision on a template, told by a webhook."""
        template = self.templates[business].all[name, language]
        template["status"] = status
        value = {
            "event": status,
            "message_template_id": int(template["id"]),
            "message_template_name": name,
            "message_template_language": language,
            "reason": "INVALID_FORMAT" if status == "REJECTED" else "NONE",
        }
        self._push(business, {"field": "message_template_status_update", "value": value})

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What happens within comes in one body."""
        self._batch = []
        yield
        together, self._batch = self._batch, None
        entries: list[dict[str, Any]] = []
        for business, change in together:
            if entries and entries[-1]["id"] == business:
                entries[-1]["changes"].append(change)
            else:
                entries.append({"id": business, "time": int(self.now()), "changes": [change]})
        if entries:
            self.hook.send({"object": "whatsapp_business_account", "entry": entries})

    # what the server asks for

    def recipient(self, params: Mapping[str, Any]) -> Person | None:
        """Who gets it: with both, ``to`` wins. None: nobody has this number or id."""
        if "to" in params:
            return next((one for one in self.people.values() if one.phone == digits(params["to"])), None)
        return self.people.get(params["recipient"])

    def carry(
        self, account: Account, params: Mapping[str, Any], template: Mapping[str, Any] | None, failure: Fault | None
    ) -> str:
        """Take a message, and tell later what became of it. Returns its id. Raises Refused."""
        person = self.recipient(params)
        self._keep_pace(account.id, person)
        failure = failure or self._failure(account.id, person, template)
        if failure is faults.WINDOW_CLOSED and self.window_at_once:
            raise Refused(failure)
        wamid = self._wamid()
        if person is not None and failure is None:
            shown = Shown(id=wamid, at=self.now(), request=params, template=template)
            self.chats[account.id, person.id].append(shown)
        task = asyncio.create_task(self._report(account, wamid, params, person, failure))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        return wamid

    def _keep_pace(self, account: str, person: Person | None) -> None:
        if not self.pair_rate or person is None:
            return
        now = self.now()
        debt, since = self._debts.get((account, person.id), (0.0, now))
        debt = max(0.0, debt - (now - since))
        if debt > PAIR_SECONDS * (PAIR_BURST - 1):
            raise Refused(faults.PAIR_LIMITED)
        self._debts[account, person.id] = debt + PAIR_SECONDS, now

    def _failure(self, account: str, person: Person | None, template: Any) -> Fault | None:
        if person is None:
            return faults.UNDELIVERABLE
        open_until = self._wrote.get((account, person.id), 0) + WINDOW_SECONDS
        return None if template is not None or self.now() < open_until else faults.WINDOW_CLOSED

    async def _report(
        self,
        account: Account,
        wamid: str,
        params: Mapping[str, Any],
        person: Person | None,
        failure: Fault | None,
    ) -> None:
        known: dict[str, Any] = {"id": wamid}
        if "biz_opaque_callback_data" in params:
            known["biz_opaque_callback_data"] = params["biz_opaque_callback_data"]
        if "to" in params:
            known["recipient_id"] = digits(params["to"])
        else:
            known["recipient_user_id"] = params["recipient"]
        for state in self.statuses if failure is None else ("failed",):
            await asyncio.sleep(self.status_seconds)
            status = {**known, "status": state, "timestamp": str(int(self.now()))}
            if failure is not None or person is None:
                assert failure is not None
                self._tell(account.id, {"statuses": [{**status, "errors": [failure.told]}]})
                continue
            status["recipient_user_id"] = person.id
            status["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
            self._tell(account.id, {"contacts": [person.contact()], "statuses": [status]})

    def _tell(self, account: str, value: Mapping[str, Any]) -> None:
        known = self.accounts[account]
        metadata = {"display_phone_number": known.number, "phone_number_id": known.id}
        full = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        self._push(known.business, {"field": "messages", "value": full})

    def _push(self, business: str, change: dict[str, Any]) -> None:
        if self._batch is not None:
            self._batch.append((business, change))
            return
        entry = {"id": business, "time": int(self.now()), "changes": [change]}
        self.hook.send({"object": "whatsapp_business_account", "entry": [entry]})

    def _wamid(self) -> str:
        self._last += 1
        return f"wamid.HBgLFAKE{self._last:08}AA=="

    def stop(self) -> None:
        self.hook.stop()
        for task in tuple(self._telling):
            task.cancel()


def digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))
