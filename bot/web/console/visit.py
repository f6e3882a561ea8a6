"""One request to the console: who asks, with which cookie and form, and the page that answers."""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.staff import rights_of
from bot.store import Account, Entry, Session, What
from bot.web.console.forms import Form
from bot.web.console.pages import MESSAGE, Drawing
from bot.web.services import Console
from bot.web.session import form_token

HOME: Final = "/console"
SIGN_IN: Final = "/console/sign-in"


class Visit:
    """``secret`` is the cookie's; ``become`` changes it for the answer."""

    def __init__(self, request: Request, console: Console, drawing: Drawing, secret: str) -> None:
        self.request = request
        self.console = console
        self.secret = secret
        self.form = Form([])
        self.known: Session | None = None
        self.network: bytes | None = None
        self._drawing = drawing

    @property
    def session(self) -> Session:
        """Of a page that needs one."""
        assert self.known is not None
        return self.known

    @property
    def account(self) -> Account:
        return self.session.account

    @property
    def token(self) -> bytes:
        """By which the store knows the session."""
        return self.secret.encode()

    def become(self, token: bytes) -> None:
        """From now on the browser has this session, and none before."""
        self.secret = token.decode()

    def entry(self, what: What, object: bytes = b"") -> Entry:
        return Entry(handle=self.account.handle, what=what, object=object)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        signed_in = self.known is not None and self.known.level == "full"
        return self._drawing.page(
            template,
            status,
            token=form_token(self.secret),
            account=self.account if signed_in else None,
            rights=rights_of(self.account.roles) if signed_in else frozenset(),
            **values,
        )

    def message(self, status: int, text: str) -> Response:
        return self.page(MESSAGE, status, text=text)

    def go(self, path: str) -> Response:
        """After a form, so that reloading the page sends nothing twice."""
        return RedirectResponse(path, 303)
