"""What a browser posts to the console: read with a limit, and only from our own pages (THREATS T45, T55)."""

from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from bot.web.body import Refused, read_body
from bot.web.session import form_token

#: An alert in five languages, 1,500 letters each, six bytes when they are escaped, and the rest of the form.
_MOST_BYTES: Final = 65_536
_MOST_FIELDS: Final = 40
_TYPE: Final = "application/x-www-form-urlencoded"
#: The field that shows that a form is ours.
PROOF: Final = "token"


class Form:
    """The fields of a form; what was not sent is empty."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def __getitem__(self, name: str) -> str:
        return next((value for field, value in self.pairs if field == name), "")

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.pairs if field == name]

    def number(self, name: str) -> int:
        """Raises Refused."""
        digits = self[name]
        if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
            raise Refused(400)
        return int(digits)


async def read_form(request: Request, secret: str) -> Form:
    """A form from a page of ours, in the browser that holds ``secret``. Raises Refused."""
    _from_here(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise Refused(403)
    body = await read_body(request.scope, request.receive, _MOST_BYTES)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Refused(400) from None
    form = Form(pairs)
    if not compare_digest(form[PROOF].encode(), form_token(secret).encode()):
        raise Refused(403)
    return form


def _from_here(request: Request) -> None:
    """A browser says where a form comes from in one of two ways; one that says neither is none of ours."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        raise Refused(403)
    if site is not None and site != "same-origin":
        raise Refused(403)
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers["host"].lower():
        raise Refused(403)
