"""Updates as Telegram sends them, in few words."""

import json
from typing import Any

ACCOUNT = "7000000000"
PERSON = 512345678
SENDER = {"id": PERSON, "is_bot": False, "first_name": "Karim", "username": "karim_x", "language_code": "uz"}
CHAT = {"id": PERSON, "type": "private", "first_name": "Karim", "username": "karim_x"}
GROUP = {"id": -4012345678, "type": "group", "title": "Trip"}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 2001, "from": SENDER, "chat": CHAT, "date": 1790000037, **content}


def update(**content: Any) -> bytes:
    return json.dumps({"update_id": 840000101, **content}, ensure_ascii=False).encode()


def tap(data: str, **changes: Any) -> bytes:
    query = {"id": "4000", "from": SENDER, "message": message(text="?"), "data": data, "chat_instance": "1"}
    return update(callback_query={**query, **changes})
