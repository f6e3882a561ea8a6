"""Schemathesis repeats short keys with other bodies, which is refused on purpose: each right one is made a new one."""

import re
import secrets
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    headers = case.headers or {}
    if re.fullmatch(r"[!-~]{1,200}", headers.get("Idempotency-Key") or ""):
        headers["Idempotency-Key"] = secrets.token_hex(16)
