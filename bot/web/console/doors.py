"""Every address of the console, what it needs, and how one comes in; what is not in the table is not there (T44)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.staff import RIGHT_NAMES, Right, rights_of
from bot.store import StoreError
from bot.web.body import Refused
from bot.web.console import account, alerts, people, programs, signing_in, tickets, words
from bot.web.console.forms import PROOF, read_form
from bot.web.console.pages import Drawing
from bot.web.console.visit import SIGN_IN, Visit
from bot.web.limits import Networks
from bot.web.pages import Pages
from bot.web.services import Console
from bot.web.session import Cookie, new_secret

#: What stands between the password and the console is in the first four; the rest are rights (T44).
Needs = Literal["nothing", "joining", "password", "account"] | Right

#: Acts on accounts want a one-time code that is at most so old (T44).
FRESH: Final = timedelta(minutes=5)
_COOKIE: Final = "safar-staff"

_log = structlog.get_logger()


class Door(msgspec.Struct, frozen=True):
    method: Literal["GET", "POST"]
    path: str
    needs: Needs
    act: Callable[[Visit], Awaitable[Response]]
    #: Asks for a one-time code when the last one is older than ``FRESH``.
    fresh: bool = False
    #: A page that looks by itself: it does not count as a sign of life (T43).
    live: bool = False


DOORS: Final = (
    Door("GET", "/console", "nothing", signing_in.home),
    Door("GET", "/console/sign-in", "nothing", signing_in.sign_in_page),
    Door("POST", "/console/sign-in", "nothing", signing_in.sign_in),
    Door("GET", "/console/invitation", "nothing", signing_in.invitation_page),
    Door("POST", "/console/invitation", "nothing", signing_in.invitation),
    Door("GET", "/console/code", "password", signing_in.code_page),
    Door("POST", "/console/code", "password", signing_in.code),
    Door("GET", "/console/welcome", "joining", signing_in.welcome_page),
    Door("POST", "/console/welcome", "joining", signing_in.welcome),
    Door("POST", "/console/sign-out", "account", signing_in.sign_out),
    Door("GET", "/console/account", "account", account.page),
    Door("POST", "/console/account/password", "account", account.change_password),
    Door("POST", "/console/account/codes", "account", account.renew_codes, fresh=True),
    Door("POST", "/console/account/others", "account", account.end_others),
    Door("GET", "/console/inbox", "tickets", tickets.inbox),
    Door("GET", "/console/inbox/live", "tickets", tickets.inbox_live, live=True),
    Door("GET", "/console/tickets/{ticket}", "tickets", tickets.conversation),
    Door("GET", "/console/tickets/{ticket}/live", "tickets", tickets.conversation_live, live=True),
    Door("POST", "/console/tickets/{ticket}/answer", "tickets", tickets.answer),
    Door("POST", "/console/tickets/{ticket}/note", "tickets", tickets.note),
    Door("POST", "/console/tickets/{ticket}/close", "tickets", tickets.close),
    Door("POST", "/console/tickets/{ticket}/transfer", "tickets", tickets.transfer),
    Door("GET", "/console/alerts", "alerts", alerts.page),
    Door("GET", "/console/alerts/live", "alerts", alerts.live, live=True),
    Door("GET", "/console/alerts/new", "send", alerts.new),
    Door("POST", "/console/alerts", "send", alerts.create),
    Door("GET", "/console/alerts/{alert}", "alerts", alerts.one),
    Door("GET", "/console/alerts/{alert}/live", "alerts", alerts.one_live, live=True),
    Door("GET", "/console/alerts/{alert}/edit", "texts", alerts.edit),
    Door("POST", "/console/alerts/{alert}/save", "texts", alerts.save),
    Door("POST", "/console/alerts/{alert}/propose", "send", alerts.propose),
    Door("POST", "/console/alerts/{alert}/withdraw", "send", alerts.withdraw),
    Door("POST", "/console/alerts/{alert}/approve", "approve", alerts.approve, fresh=True),
    Door("POST", "/console/alerts/{alert}/pause", "pause", alerts.pause),
    Door("POST", "/console/alerts/{alert}/resume", "pause", alerts.resume, fresh=True),
    Door("POST", "/console/alerts/{alert}/cancel", "cancel", alerts.cancel),
    Door("POST", "/console/alerts/{alert}/small", "small", alerts.small, fresh=True),
    Door("POST", "/console/alerts/{alert}/uncertain", "send", alerts.uncertain, fresh=True),
    Door("POST", "/console/alerts/{alert}/correct", "send", alerts.correct),
    Door("GET", "/console/staff", "staff", people.page),
    Door("POST", "/console/staff", "staff", people.add, fresh=True),
    Door("POST", "/console/staff/{handle}/roles", "staff", people.set_roles, fresh=True),
    Door("POST", "/console/staff/{handle}/disable", "staff", people.disable, fresh=True),
    Door("POST", "/console/staff/{handle}/reset", "staff", people.reset, fresh=True),
    Door("GET", "/console/tokens", "staff", programs.page),
    Door("POST", "/console/tokens", "staff", programs.add, fresh=True),
    Door("POST", "/console/tokens/{label}/end", "staff", programs.end, fresh=True),
    Door("POST", "/console/webhook", "staff", programs.set_webhook, fresh=True),
    Door("POST", "/console/webhook/drop", "staff", programs.drop_webhook, fresh=True),
)


def routes(console: Console, pages: Pages, *, public_url: str) -> list[Route]:
    entrance = _Entrance(console, Drawing(pages.names), Cookie(https=public_url.startswith("https:"), base=_COOKIE))
    return [Route(door.path, entrance.of(door), methods=[door.method]) for door in DOORS]


class _Entrance:
    def __init__(self, console: Console, drawing: Drawing, cookie: Cookie) -> None:
        self._console = console
        self._drawing = drawing
        self._cookie = cookie
        self._networks = Networks()

    def of(self, door: Door) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            given = self._cookie.read(request.scope)
            visit = Visit(request, self._console, self._drawing, given or new_secret())
            visit.network = self._networks.name(request.client.host) if request.client else None
            try:
                if door.method == "POST":
                    if given is None:
                        raise Refused(403)
                    visit.form = await read_form(request, given)
                response = await self._enter(door, visit)
            except StoreError as error:
                _log.error("console-store-failed", why=str(error))
                response = visit.message(503, words.STORE_DOWN)
            if visit.secret != given:
                response.headers["set-cookie"] = self._cookie.write(visit.secret)
            return response

        return endpoint

    async def _enter(self, door: Door, visit: Visit) -> Response:
        staff = self._console.staff
        visit.known = await staff.session(visit.token)
        level = {"joining": "joining", "password": "password"}.get(door.needs, "full")
        if door.needs != "nothing":
            if visit.known is None or visit.known.level != level:
                visit.known = None
                if door.method == "POST" or door.live:
                    return visit.page("sign-in.html", 401, error=words.SIGN_IN_AGAIN)
                return visit.go(SIGN_IN)
            if door.needs in RIGHT_NAMES and door.needs not in rights_of(visit.account.roles):
                return visit.message(403, words.NOT_YOURS)
            if not door.live:
                await staff.touch(visit.token)
        if door.fresh:
            asked = await self._ask_code(visit)
            if asked is not None:
                return asked
        return await door.act(visit)

    async def _ask_code(self, visit: Visit) -> Response | None:
        """The page that asks for a code and sends the same form again; None when it may go on."""
        if datetime.now(UTC) - visit.session.confirmed <= FRESH:
            return None
        error = ""
        if visit.form["code"]:
            done = await self._console.sign_in.confirm(visit.session, visit.token, visit.form["code"], visit.network)
            if isinstance(done, bytes):
                return None
            error = words.refusal(done, words.WRONG_CODE)
        fields = [pair for pair in visit.form.pairs if pair[0] not in (PROOF, "code")]
        return visit.page("confirm.html", 403, action=visit.request.url.path, fields=fields, error=error)
