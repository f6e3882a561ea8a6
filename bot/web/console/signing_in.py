"""The way in: handle and password, then a code; or an invitation, then the first password."""

from typing import Final

from starlette.responses import Response

from bot.staff import Refusal, Right, Totp, rights_of
from bot.staff.codes import written
from bot.web.console import words
from bot.web.console.visit import HOME, SIGN_IN, Visit

#: Cookies, cache and whatever else the browser keeps of us (T43).
_CLEAR: Final = '"cache", "cookies", "storage"'

#: Where whoever has a right begins; the first that fits.
_HOMES: Final[tuple[tuple[Right, str], ...]] = (
    ("tickets", "/console/inbox"),
    ("staff", "/console/staff"),
    ("alerts", "/console/alerts"),
)


async def home(visit: Visit) -> Response:
    known = visit.known
    if known is None or known.level != "full":
        return visit.go(SIGN_IN)
    rights = rights_of(known.account.roles)
    return visit.go(next((page for right, page in _HOMES if right in rights), "/console/account"))


async def sign_in_page(visit: Visit) -> Response:
    return visit.page("sign-in.html")


async def sign_in(visit: Visit) -> Response:
    done = await visit.console.sign_in.password(visit.form["handle"], visit.form["password"], visit.network)
    if isinstance(done, Refusal):
        return _refused(visit, "sign-in.html", done, words.WRONG_SIGN_IN)
    visit.become(done)
    return visit.go("/console/code")


async def code_page(visit: Visit) -> Response:
    return visit.page("code.html")


async def code(visit: Visit) -> Response:
    done = await visit.console.sign_in.code(visit.session, visit.token, visit.form["code"], visit.network)
    if isinstance(done, Refusal):
        return _refused(visit, "code.html", done, words.WRONG_CODE)
    visit.become(done)
    return visit.go(HOME)


async def invitation_page(visit: Visit) -> Response:
    return visit.page("invitation.html")


async def invitation(visit: Visit) -> Response:
    done = await visit.console.sign_in.invitation(visit.form["handle"], visit.form["invitation"], visit.network)
    if isinstance(done, Refusal):
        return _refused(visit, "invitation.html", done, words.WRONG_INVITATION)
    visit.become(done)
    return visit.go("/console/welcome")


async def welcome_page(visit: Visit) -> Response:
    return _welcome(visit)


async def welcome(visit: Visit) -> Response:
    passwords = (visit.form["password"], visit.form["again"])
    done = await visit.console.sign_in.join(visit.session, visit.token, passwords, visit.form["code"])
    if isinstance(done, Refusal):
        return _welcome(visit, _status(done), words.refusal(done, words.WRONG_CODE))
    visit.become(done.token)
    return visit.page("codes.html", codes=[written(one) for one in done.codes], next=HOME)


async def sign_out(visit: Visit) -> Response:
    await visit.console.staff.end(visit.token, visit.entry("signed-out"))
    response = visit.go(SIGN_IN)
    response.headers["clear-site-data"] = _CLEAR
    return response


def _welcome(visit: Visit, status: int = 200, error: str = "") -> Response:
    account = visit.account
    totp = Totp(account.totp)
    secret = totp.text()
    fours = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return visit.page(
        "welcome.html", status, handle=account.handle, secret=fours, uri=totp.uri(account.handle), error=error
    )


def _refused(visit: Visit, template: str, refused: Refusal, wrong: str) -> Response:
    return visit.page(template, _status(refused), error=words.refusal(refused, wrong), handle=visit.form["handle"][:64])


def _status(refused: Refusal) -> int:
    return {"wait": 429, "wrong": 401}.get(refused.why, 422)
