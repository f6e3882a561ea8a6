"""The message templates of one WhatsApp business account."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.graphfaults import BAD_REQUEST, TEMPLATE_DISABLED, TEMPLATE_MISSING, TEMPLATE_PAUSED, Refused, error

#: The languages that Meta has for templates and that are near to ours (of about seventy): Tajik is not among them.
LANGUAGES = frozenset({"ru", "uz", "ky_KG", "kk", "en", "en_US", "en_GB", "tr", "uk", "fa", "az", "ka"})

_PARAMETER = re.compile(r"\{\{[a-z0-9_]+\}\}")
_STOPS = {"PAUSED": TEMPLATE_PAUSED, "DISABLED": TEMPLATE_DISABLED}


class Templates:
    """Name and language -> the template. ``page``: how many one answer lists at most."""

    def __init__(self, page: int = 25) -> None:
        self.page = page
        self.all: dict[tuple[str, str], dict[str, Any]] = {}

    def create(self, params: Mapping[str, Any]) -> dict[str, Any]:
        name, language = params.get("name", ""), params.get("language", "")
        components = params.get("components", [])
        if not re.fullmatch(r"[a-z0-9_]{1,512}", name) or language not in LANGUAGES:
            raise Refused(error(100, "Invalid parameter: name or language"))
        if params.get("category") not in ("UTILITY", "MARKETING", "AUTHENTICATION") or not _fits(components):
            raise Refused(error(100, "Invalid parameter: category or components"))
        if (name, language) in self.all:
            raise Refused(error(100, "There is already content in this language", error_subcode=2388024))
        made = {
            "id": str(594425479261596 + len(self.all)),
            "name": name,
            "language": language,
            "status": "PENDING",
            "category": params["category"],
            "parameter_format": params.get("parameter_format", "POSITIONAL").upper(),
            "components": components,
        }
        self.all[name, language] = made
        return {key: made[key] for key in ("id", "status", "category")}

    def list(self, query: Mapping[str, str], url: str) -> dict[str, Any]:
        """One page. Cursors are opaque; ``next`` is there as long as more follows."""
        start = int(query.get("after", "c0")[1:])
        size = min(self.page, int(query.get("limit", "25")))
        rows = list(self.all.values())
        end = start + size
        fields = query.get("fields", "").split(",") if query.get("fields") else ()
        data = [{key: row[key] for key in row if not fields or key in (*fields, "id")} for row in rows[start:end]]
        paging: dict[str, Any] = {"cursors": {"before": f"c{start}", "after": f"c{end}"}}
        if end < len(rows):
            paging["next"] = f"{url}?after=c{end}"
        answer: dict[str, Any] = {"data": data, "paging": paging} if data else {"data": []}
        if "summary" in query:
            counts = {"total_count": len(rows), "message_template_count": len(rows), "message_template_limit": 6000}
            answer["summary"] = {**counts, "are_translations_complete": False}
        return answer

    def used(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """The template that a message names. Raises Refused when it cannot be sent."""
        found = self.all.get((template["name"], template["language"]["code"]))
        if found is None or found["status"] in ("PENDING", "REJECTED"):
            raise Refused(TEMPLATE_MISSING)
        if found["status"] in _STOPS:
            raise Refused(_STOPS[found["status"]])
        given = {part["type"]: len(part.get("parameters", ())) for part in template.get("components", ())}
        if len(_PARAMETER.findall(part_of(found, "BODY").get("text", ""))) != given.get("body", 0):
            raise Refused(error(132000, "Number of parameters does not match the expected number of params"))
        buttons = part_of(found, "BUTTONS").get("buttons", ())
        indices = [int(part["index"]) for part in template.get("components", ()) if part["type"] == "button"]
        if any(index >= len(buttons) for index in indices):
            raise Refused(BAD_REQUEST)
        return found


def part_of(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return next((dict(part) for part in template["components"] if part["type"].upper() == kind), {})


def _fits(components: Any) -> bool:
    parts = {part.get("type", "").upper(): part for part in components}
    buttons = parts.get("BUTTONS", {}).get("buttons", [])
    return (
        1 <= len(parts.get("BODY", {}).get("text", "")) <= 1024
        and len(buttons) <= 10
        and all(1 <= len(button.get("text", "")) <= 25 for button in buttons)
    )
