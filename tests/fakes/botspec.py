"""Holds requests against the Bot API's own description (``telegram-bot-api.json`` of the shared specs)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2] / "../shared/specs"

#: What the description says in words only: (method or type, field) -> fewest and most.
_LENGTHS = {
    ("sendMessage", "text"): (1, 4096),
    ("editMessageText", "text"): (1, 4096),
    ("answerCallbackQuery", "text"): (0, 200),
    ("deleteMessages", "message_ids"): (1, 100),
    ("setMyCommands", "commands"): (0, 100),
    ("setMyName", "name"): (0, 64),
    ("setMyDescription", "description"): (0, 512),
    ("setMyShortDescription", "short_description"): (0, 120),
    ("setWebhook", "secret_token"): (1, 256),
    ("BotCommand", "command"): (1, 32),
    ("BotCommand", "description"): (1, 256),
    ("InlineKeyboardButton", "text"): (1, 10_000),
    ("KeyboardButton", "text"): (1, 10_000),
}


class BotSpec:
    def __init__(self, description: Mapping[str, Any]) -> None:
        self._methods = description["methods"]
        self._types = description["types"]

    @classmethod
    def load(cls) -> "BotSpec":
        """Skips the test where the specs are not at hand."""
        path = SHARED / "telegram-bot-api.json"
        if not path.exists():
            pytest.skip("needs ../shared/specs, which is not part of the repository")
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def problems(self, method: str, params: Mapping[str, Any]) -> list[str]:
        """Everything for which the API could refuse a call."""
        if method not in self._methods:
            return [f"{method}: no such method"]
        found = list(self._fields(method, self._methods[method], params))
        markup = params.get("reply_markup")
        if isinstance(markup, Mapping):
            rows = markup.get("inline_keyboard", ())
            buttons = [button for row in rows for button in row]
            if len(buttons) > 100:
                found.append(f"{method}: {len(buttons)} buttons")
            data = [str(button["callback_data"]) for button in buttons if "callback_data" in button]
            found += [f"{method}: callback_data {value!r}" for value in data if not 1 <= len(value.encode()) <= 64]
        text = params.get("text")
        if isinstance(text, str):
            found += self._entities(method, text, params.get("entities") or ())
        return found

    def _fields(self, name: str, shape: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
        known = {field["name"]: field for field in shape.get("fields", ())}
        for field in known.values():
            if field["required"] and field["name"] not in values:
                yield f"{name}.{field['name']}: missing"
        for key, value in values.items():
            if key not in known:
                yield f"{name}.{key}: unknown"
                continue
            if not any(self._fits(kind, value) for kind in known[key]["types"]):
                yield f"{name}.{key}: {value!r} is none of {known[key]['types']}"
            fewest, most = _LENGTHS.get((name, key), (0, 10**9))
            size = len(value.encode("utf-16-le")) // 2 if isinstance(value, str) else None
            size = len(value) if isinstance(value, list) else size
            if size is not None and not fewest <= size <= most:
                yield f"{name}.{key}: length {size}"

    def _fits(self, kind: str, value: Any) -> bool:
        if kind.startswith("Array of "):
            return isinstance(value, list) and all(self._fits(kind.removeprefix("Array of "), item) for item in value)
        match kind:
            case "Integer":
                return isinstance(value, int) and not isinstance(value, bool)
            case "Float":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "Boolean":
                return isinstance(value, bool)
            case "String" | "InputFile":
                return isinstance(value, str)
        shape = self._types[kind]
        if not isinstance(value, Mapping):
            return False
        if shape.get("subtypes"):
            return any(self._fits(subtype, value) for subtype in shape["subtypes"])
        return not list(self._fields(kind, shape, value))

    @staticmethod
    def _entities(method: str, text: str, entities: Any) -> Iterator[str]:
        if not text.strip():
            yield f"{method}.text: empty"
        length = len(text.encode("utf-16-le")) // 2
        for entity in entities:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            if not 0 <= start < end <= length:
                yield f"{method}.entities: {start}..{end} of {length}"
