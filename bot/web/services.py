"""What the web application is wired to."""

from collections.abc import Callable, Sequence

import msgspec

from bot.catalogue import Catalogue
from bot.channels import Channel
from bot.conversation import Shown
from bot.delivery import Desk, Inbox
from bot.delivery.broadcasts.office import Office
from bot.staff import SignIn
from bot.store import ApiStore, StaffStore, Store
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
    office: Office
    api: ApiStore
    catalogue: Callable[[], Catalogue]
    #: Webhooks may lead to this machine: for trying things out.
    webhooks_to_loopback: bool = False


class ApiService(msgspec.Struct, frozen=True, kw_only=True):
    """What the API for other systems works with. ``per_minute``: requests of one token."""

    office: Office
    store: ApiStore
    catalogue: Callable[[], Catalogue]
    per_minute: int = 60


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
    #: The alerts that went out, and those that no longer hold.
    alerts: Callable[[], Sequence[Shown]] = tuple
    #: The address that people open, without a path; empty on a local machine.
    public_url: str = ""
    telegram: Webhook | None = None
    whatsapp: WhatsAppWebhook | None = None
    #: None: there is no console.
    console: Console | None = None
    #: None: there is no API.
    api: ApiService | None = None
