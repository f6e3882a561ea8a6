"""Values of ``meta``, which on SQLite may be of any kind: here JSON, bytes as ``{"hex": ...}``."""

import json
from typing import Any


def packed(value: object) -> str:
    return json.dumps({"hex": value.hex()} if isinstance(value, bytes) else value)


def unpacked(text: str) -> Any:
    value = json.loads(text)
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
