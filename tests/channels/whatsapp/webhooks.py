"""Webhooks as WhatsApp sends them, in few words."""

import json
from typing import Any

ACCOUNT = "106540352000001"
PHONE = "998901234567"
PERSON = "UZ.13491208655302741918"
CONTACT = {"profile": {"name": "Karim", "username": "karim.x"}, "wa_id": PHONE, "user_id": PERSON}


def message(kind: str = "text", **content: Any) -> dict[str, Any]:
    sender = {"from": PHONE, "from_user_id": PERSON, "id": "wamid.A1", "timestamp": "1790000037"}
    return {**sender, "type": kind, **content}


def typed(text: str) -> bytes:
    return webhook(messages=[message(text={"body": text})])


def value(account: str = ACCOUNT, **content: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "15550100100", "phone_number_id": account}
    return {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [CONTACT], **content}


def change(value: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    return {"field": field, "value": value}


def body(*changes: Any) -> bytes:
    entry = {"id": "102290129000001", "time": 1790000040, "changes": list(changes)}
    whole = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(whole, ensure_ascii=False).encode()


def webhook(**content: Any) -> bytes:
    return body(change(value(**content)))


def status(state: str, **content: Any) -> dict[str, Any]:
    known = {"id": "wamid.OUT1", "status": state, "timestamp": "1790000050", "recipient_id": PHONE}
    return {**known, "recipient_user_id": PERSON, "biz_opaque_callback_data": "reply-7", **content}
