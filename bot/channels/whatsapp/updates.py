"""The shape of a webhook, as far as Safar reads it. Names, usernames and files are never decoded (THREATS T10, T28).

What stands in lists is left encoded here, so that one message that cannot be read takes no other one with it.
"""

from typing import Literal

from msgspec import Raw, Struct, field


class Change(Struct, frozen=True):
    field: str
    value: Raw


class Entry(Struct, frozen=True):
    """``id``: the WhatsApp business account, which has the phone numbers."""

    id: str = ""
    changes: tuple[Raw, ...] = ()


class Webhook(Struct, frozen=True):
    entry: tuple[Raw, ...]


class Metadata(Struct, frozen=True):
    phone_number_id: str


class Value(Struct, frozen=True):
    """Of a change of ``messages``."""

    metadata: Metadata
    contacts: tuple[Raw, ...] = ()
    messages: tuple[Raw, ...] = ()
    statuses: tuple[Raw, ...] = ()
    errors: tuple[Raw, ...] = ()


class Contact(Struct, frozen=True):
    #: The phone number; not there when the person hides it.
    wa_id: str = ""
    #: Business-scoped user id.
    user_id: str = ""


class Context(Struct, frozen=True):
    forwarded: bool = False
    frequently_forwarded: bool = False


class Text(Struct, frozen=True):
    body: str


class Spot(Struct, frozen=True):
    latitude: float
    longitude: float
    #: A place that was looked up on the map has these; where the person is has not.
    name: str = ""
    address: str = ""
    url: str = ""


class Media(Struct, frozen=True):
    caption: str = ""


class Picked(Struct, frozen=True):
    id: str


class Interactive(Struct, frozen=True):
    button_reply: Picked | None = None
    list_reply: Picked | None = None


class Button(Struct, frozen=True):
    """A quick reply of a template."""

    text: str = ""
    payload: str = ""


class Edited(Struct, frozen=True):
    type: str


class Edit(Struct, frozen=True):
    message: Edited


class System(Struct, frozen=True):
    """``wa_id`` and ``user_id`` are the new ones."""

    type: str
    wa_id: str = ""
    new_wa_id: str = ""
    customer: str = ""
    user_id: str = ""
    previous_user_id: str = ""


class Message(Struct, frozen=True):
    id: str
    type: str
    phone: str = field(name="from", default="")
    from_user_id: str = ""
    group_id: str = ""
    context: Context = Context()
    text: Text | None = None
    location: Spot | None = None
    image: Media | None = None
    video: Media | None = None
    document: Media | None = None
    interactive: Interactive | None = None
    button: Button | None = None
    edit: Edit | None = None
    system: System | None = None


class Error(Struct, frozen=True):
    code: int


class Status(Struct, frozen=True):
    id: str
    status: str
    recipient_id: str = ""
    recipient_user_id: str = ""
    #: Only ``group`` is ever said.
    recipient_type: str = ""
    biz_opaque_callback_data: str = ""
    errors: tuple[Error, ...] = ()


class TemplateUpdate(Struct, frozen=True):
    """``language``: Meta's code."""

    event: str
    name: str = field(name="message_template_name")
    language: str = field(name="message_template_language")


class Ban(Struct, frozen=True):
    waba_ban_state: str = ""


class AccountUpdate(Struct, frozen=True):
    event: str
    ban_info: Ban = Ban()


State = Literal["sent", "delivered", "read", "failed"]
