"""What no description can tell schemathesis.

It repeats short keys with other bodies, which is refused on purpose: each right one is made a new one. Of places there
are too many to list: what looks like one is made one. And a segment is bounded as a whole: no larger one is asked.
"""

import re
import secrets
from typing import Any

import schemathesis

from bot.delivery.broadcasts.reading import MAX_DEPTH, MAX_TESTS

#: What looks like a place, and one.
_PLACES = {"region": ("[A-Z]{2}-[A-Z0-9]{1,3}", "RU-MOW"), "city": ("[a-z]{2}-[a-z0-9-]+", "ru-mow-moscow")}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    headers = case.headers or {}
    if re.fullmatch(r"[!-~]{1,200}", headers.get("Idempotency-Key") or ""):
        headers["Idempotency-Key"] = secrets.token_hex(16)
    if isinstance(case.body, dict) and "segment" in case.body:
        case.body["segment"] = _placed(case.body["segment"])


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    tests, levels = _size(body.get("segment")) if isinstance(body, dict) else (0, 0)
    return tests <= MAX_TESTS and levels <= MAX_DEPTH


def _size(rule: Any) -> tuple[int, int]:
    """How many tests, in how many levels."""
    of = rule.get("of") if isinstance(rule, dict) else None
    sizes = [_size(one) for one in (of if isinstance(of, list) else [] if of is None else [of])]
    return sum(tests for tests, _ in sizes) or 1, 1 + max((levels for _, levels in sizes), default=0)


def _placed(rule: Any) -> Any:
    if isinstance(rule, list):
        return [_placed(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    key, values = rule.get("key"), rule.get("values")
    if isinstance(key, str) and key in _PLACES and isinstance(values, list):
        form, place = _PLACES[key]
        known = [place if isinstance(one, str) and re.fullmatch(form, one) else one for one in values]
        return {**rule, "values": known}
    return {**rule, "of": _placed(rule["of"])} if "of" in rule else rule
