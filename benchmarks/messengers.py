"""What Telegram and WhatsApp post to a bot, and answer to its calls; for ``benchmarks.peer``. Every call succeeds."""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

SECRET = "benchmark-secret-benchmark-secret-benchmark-secret"
APP_SECRET = "be4cbe4cbe4cbe4cbe4cbe4cbe4cbe4c"
PHONE_ID, BUSINESS_ID = "106540352000001", "102290129000001"

_CHAT = re.compile(rb'chat_id(?:"\s*:\s*"?|=|"\r\n\r\n)(\d+)')
_ME = {"id": 4242, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
#: People are numbered: 7 and ten digits, whether the number or the user id is given.
_TO = re.compile(rb'"(?:to|recipient)"\s*:\s*"(?:RU\.)?7(\d{10})"')
_TRACKING = re.compile(rb'"biz_opaque_callback_data"\s*:\s*"([^"]*)"')


class Messenger(Protocol):
    calls: Counter[str]

    def says(self, chat: int, text: str) -> bytes:
        """The HTTP request that brings what a person wrote."""

    def answers(self, path: str, body: bytes) -> tuple[Any, int | None]:
        """The JSON answer to a call, and the chat that a message was for."""

    def news(self, chat: int, body: bytes) -> Sequence[bytes]:
        """The HTTP requests that tell what became of the message of ``body``, the newest one."""


def _post(hook: str, host: str, headers: str, body: bytes) -> bytes:
    head = f"POST {urlsplit(hook).path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{headers}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Telegram:
    def __init__(self, hook: str, host: str) -> None:
        self._hook, self._host = hook, host
        self._number = 0
        self.calls: Counter[str] = Counter()

    def says(self, chat: int, text: str) -> bytes:
        self._number += 1
        person = {"id": chat, "is_bot": False, "first_name": "Guest", "language_code": "ru"}
        message = {
            "message_id": self._number,
            "date": 1_770_000_000,
            "from": person,
            "chat": {"id": chat, "type": "private", "first_name": "Guest"},
            "text": text,
        }
        body = json.dumps({"update_id": self._number, "message": message}).encode()
        return _post(self._hook, self._host, f"X-Telegram-Bot-Api-Secret-Token: {SECRET}", body)

    def answers(self, path: str, body: bytes) -> tuple[Any, int | None]:
        method = path.rsplit("/", 1)[-1].lower()
        self.calls[method] += 1
        chat = _CHAT.search(body)
        if method == "getme":
            return {"ok": True, "result": _ME}, None
        if method not in ("sendmessage", "editmessagetext") or chat is None:
            return {"ok": True, "result": True}, None
        result = {
            "message_id": self.calls[method],
            "from": _ME,
            "chat": {"id": int(chat[1]), "type": "private", "first_name": "A"},
            "date": 1_770_000_000,
            "text": "ok",
        }
        return {"ok": True, "result": result}, int(chat[1])

    def news(self, chat: int, body: bytes) -> Sequence[bytes]:
        return ()


class WhatsApp:
    """``statuses``: what is told of each message that arrived, each in a body of its own."""

    def __init__(self, hook: str, host: str, statuses: Sequence[str] = ("sent", "delivered")) -> None:
        self._hook, self._host, self._statuses = hook, host, statuses
        self._number = 0
        self.calls: Counter[str] = Counter()

    def says(self, chat: int, text: str) -> bytes:
        self._number += 1
        person = {"from": f"7{chat:010}", "from_user_id": f"RU.7{chat:010}"}
        message = {**person, "id": f"wamid.IN{self._number:012}", "timestamp": "1770000000", "type": "text"}
        return self._tells(chat, {"messages": [{**message, "text": {"body": text}}]})

    def answers(self, path: str, body: bytes) -> tuple[Any, int | None]:
        edge = path.partition("?")[0].split("/", 2)[-1].partition("/")[2]
        chat = _TO.search(body)
        self.calls["message" if chat else edge if edge != "messages" else "read"] += 1
        if chat:
            contact = {"input": f"7{chat[1].decode()}", "wa_id": f"7{chat[1].decode()}"}
            answer = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": self._newest()}]}
            return answer, int(chat[1])
        if edge in ("phone_numbers", "message_templates"):
            return {"data": [{"id": PHONE_ID}] if edge == "phone_numbers" else []}, None
        return {"id": PHONE_ID} if not edge else {"success": True}, None

    def news(self, chat: int, body: bytes) -> Sequence[bytes]:
        tracking = _TRACKING.search(body)
        known = {"id": self._newest(), "recipient_id": f"7{chat:010}", "recipient_user_id": f"RU.7{chat:010}"}
        if tracking:
            known["biz_opaque_callback_data"] = tracking[1].decode()
        pricing = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
        more = {"timestamp": "1770000000", "pricing": pricing}
        return [self._tells(chat, {"statuses": [{**known, "status": one, **more}]}) for one in self._statuses]

    def _newest(self) -> str:
        return f"wamid.OUT{self.calls['message']:012}"

    def _tells(self, chat: int, value: dict[str, Any]) -> bytes:
        contact = {"profile": {"name": "Guest"}, "wa_id": f"7{chat:010}", "user_id": f"RU.7{chat:010}"}
        metadata = {"display_phone_number": "15550100100", "phone_number_id": PHONE_ID}
        full = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [contact], **value}
        entry = {"id": BUSINESS_ID, "time": 1_770_000_000, "changes": [{"field": "messages", "value": full}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return _post(self._hook, self._host, f"X-Hub-Signature-256: sha256={signature}", body)
