"""What the web application is wired to."""

from collections.abc import Callable

import msgspec

from bot.catalogue import Catalogue
from bot.channels import Channel
from bot.delivery import Desk, Inbox
from bot.staff import SignIn
from bot.store import StaffStore, Store
from bot.web.hub import Hub


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A messenger that posts updates here. Two ``secrets`` while they are being changed."""

    channel: Channel
    secrets: tuple[bytes, ...]

    def __repr__(self) -> str:
        return "Webhook()"


class WhatsAppWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """``secrets`` are app secrets: of several apps, or two while one is being changed."""

    channel: Channel
    secrets: tuple[bytes, ...]
    verify_token: bytes

    def __repr__(self) -> str:
        return "WhatsAppWebhook()"


class Console(msgspec.Struct, frozen=True, kw_only=True):
    """What the staff console works with."""

    staff: StaffStore
    sign_in: SignIn
    desk: Desk
    catalogue: Callable[[], Catalogue]


class Services(msgspec.Struct, frozen=True, kw_only=True):
    inbox: Inbox
    store: Store
    #: The catalogue that serves now; asked anew for each page.
    catalogue: Callable[[], Catalogue]
    #: The web chat's channel.
    web: Channel
    #: Its ``wake`` is called when replies for the web chat were committed outside of a page's own request.
    hub: Hub
    leave_url: str
    #: The address that people open, without a path; empty on a local machine.
    public_url: str = ""
    telegram: Webhook | None = None
    whatsapp: WhatsAppWebhook | None = None
    #: None: there is no console.
    console: Console | None = None
