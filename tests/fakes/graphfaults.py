"""How calls of the fake Graph API fail."""

import json
from typing import Any

import msgspec


class Fault(msgspec.Struct, kw_only=True):
    """How a call fails. ``carried_out`` first, all the same (the answer alone is lost)."""

    status: int = 0
    body: bytes = b""
    content_type: str = "application/json"
    carried_out: bool = False
    #: The answer comes so much later.
    hangs_seconds: float = 0.0
    #: The connection is closed without an answer.
    drops: bool = False
    #: The connection is closed in the middle of the answer.
    halves: bool = False
    #: Headers of the answer.
    headers: dict[str, str] = {}
    #: Graph's code, where the fault is an answer of Graph's.
    code: int = 0
    #: The call is taken, and fails by a status later.
    later: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """The error as a status tells it."""
        words = json.loads(self.body)["error"]["message"]
        return {"code": self.code, "title": words, "message": words, "error_data": {"details": words}}


def error(code: int, message: str, status: int = 400, **more: Any) -> Fault:
    """An answer of Graph's, in its form."""
    kind = "OAuthException" if code in (0, 10, 190) or 200 <= code < 300 else "GraphMethodException"
    told = {"message": f"(#{code}) {message}", "type": kind, "code": code, "fbtrace_id": "Afake"}
    data = {"messaging_product": "whatsapp", "details": message}
    body = {"error": {**told, "error_data": data, **more}}
    return Fault(status=status, body=json.dumps(body).encode(), code=code)


def later(fault: Fault) -> Fault:
    """The same failure as a ``failed`` status: the call itself is taken."""
    return msgspec.structs.replace(fault, later=True)


API_UNKNOWN = error(1, "An unknown error occurred", 500)
SERVER_ERROR = error(131000, "Something went wrong", 500)
UNAVAILABLE = error(131016, "Service unavailable", 503)
MAINTENANCE = error(131057, "Account in maintenance mode", 500)
RATE_LIMITED = error(130429, "Rate limit hit", 429)
TOO_MANY_CALLS = error(80007, "Rate limit issues")
PAIR_LIMITED = error(131056, "(Business Account, Consumer Account) pair rate limit hit")
EXPIRED_TOKEN = error(190, "Error validating access token: Session has expired", 401, error_subcode=463)
WRONG_TOKEN = error(190, "Invalid OAuth access token - Cannot parse access token", 401)
NO_PERMISSION = error(200, "You do not have the necessary permissions", 403)
POLICY = error(368, "Temporarily blocked for policies violations", 403)
PAYMENT = error(131042, "Business eligibility payment issue")
UNDELIVERABLE = error(131026, "Message undeliverable")
WINDOW_CLOSED = error(131047, "Re-engagement message")
HELD_BACK = error(131049, "This message was not delivered to maintain healthy ecosystem engagement.")
OPTED_OUT = error(131050, "User has stopped marketing messages")
NOT_LISTED = error(131030, "Recipient phone number not in allowed list")
BAD_REQUEST = error(131009, "Parameter value is not valid")
TEMPLATE_MISSING = error(132001, "Template name does not exist in the translation", 404)
TEMPLATE_PAUSED = error(132015, "Template is paused")
TEMPLATE_DISABLED = error(132016, "Template is disabled")
UNKNOWN_OBJECT = error(100, "Unsupported request. Object does not exist or cannot be loaded", error_subcode=33)

BAD_GATEWAY = Fault(status=502, body=b"<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
TRUNCATED = Fault(status=200, body=b'{"messaging_product":"whatsapp","contacts":[{"inp')
NO_ID = Fault(status=200, body=b'{"messaging_product":"whatsapp","contacts":[],"messages":[]}')
DROPPED = Fault(drops=True)
HALF_CLOSED = Fault(carried_out=True, halves=True)
LOST_ANSWER = Fault(carried_out=True, hangs_seconds=30)
LOST_REQUEST = Fault(hangs_seconds=30)


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.body)
        self.fault = fault
