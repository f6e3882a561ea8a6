"""The shape of an update, as far as Safar reads it. Unknown fields are skipped, names and usernames never decoded."""

from typing import Final

from msgspec import Raw, Struct, field

_ABSENT: Final = Raw()


class Sender(Struct, frozen=True):
    is_bot: bool = False
    language_code: str | None = None


class Chat(Struct, frozen=True):
    id: int
    type: str


class Spot(Struct, frozen=True):
    latitude: float
    longitude: float
    #: Seconds; only a live location has it.
    live_period: int | None = None


class Message(Struct, frozen=True):
    message_id: int
    chat: Chat
    sender: Sender | None = field(name="from", default=None)
    #: 0 for a message that the bot can no longer reach.
    date: int = 1
    text: str | None = None
    caption: str | None = None
    location: Spot | None = None
    migrate_to_chat_id: int | None = None

    # Only whether they are there is looked at: files are never fetched (THREATS T28).
    voice: Raw = _ABSENT
    audio: Raw = _ABSENT
    video_note: Raw = _ABSENT
    photo: Raw = _ABSENT
    document: Raw = _ABSENT
    video: Raw = _ABSENT
    animation: Raw = _ABSENT
    live_photo: Raw = _ABSENT
    paid_media: Raw = _ABSENT
    contact: Raw = _ABSENT
    left_chat_member: Raw = _ABSENT

    # Notes of the app itself, which ask for no answer.
    pinned_message: Raw = _ABSENT
    message_auto_delete_timer_changed: Raw = _ABSENT
    write_access_allowed: Raw = _ABSENT
    chat_background_set: Raw = _ABSENT
    boost_added: Raw = _ABSENT
    connected_website: Raw = _ABSENT


class Tap(Struct, frozen=True):
    """A callback query."""

    id: str
    sender: Sender = field(name="from")
    message: Message | None = None
    data: str | None = None


class Member(Struct, frozen=True):
    status: str


class Membership(Struct, frozen=True):
    chat: Chat
    new_chat_member: Member


class Update(Struct, frozen=True):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    callback_query: Tap | None = None
    my_chat_member: Membership | None = None
