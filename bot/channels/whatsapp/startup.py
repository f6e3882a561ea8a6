"""What Safar asks WhatsApp when it starts: whether the five values fit together, and to be told what people write."""

from typing import TYPE_CHECKING, Final

import msgspec

from bot.channels.protocol import ChannelUnusable, DeliveryFailed

if TYPE_CHECKING:
    from bot.channels.whatsapp.client import Client

_REFUSED: Final = (
    "WHATSAPP_TOKEN: WhatsApp refuses it; make a lasting token of a system user with the permissions"
    " whatsapp_business_messaging and whatsapp_business_management"
)
_UNREACHABLE: Final = "WhatsApp cannot be reached; check the network to graph.facebook.com"
_NUMBER: Final = (
    "WHATSAPP_PHONE_ID: WhatsApp knows no such number, or the token may not use it; copy the phone number ID"
    " (not the number) from the app's API setup, and give the system user this WhatsApp account"
)
_BUSINESS: Final = (
    "WHATSAPP_BUSINESS_ID: WhatsApp knows no such account, or the token may not use it; copy the WhatsApp Business"
    " Account ID from the app's API setup"
)
_STRANGE: Final = (
    "WHATSAPP_BUSINESS_ID: this account does not hold the number of WHATSAPP_PHONE_ID; copy both from one page of the"
    " app's API setup"
)

_SENTENCES: Final = {
    "unauthorized": _REFUSED,
    "unreachable": _UNREACHABLE,
    "no-answer": _UNREACHABLE,
    "server-error": _UNREACHABLE,
}


class _Number(msgspec.Struct):
    id: str


class _Numbers(msgspec.Struct):
    data: tuple[_Number, ...]


async def check_account(client: "Client", account: str, business_id: str) -> None:
    """Raises ChannelUnusable for a wrong token, number or business account, and when WhatsApp is out of reach."""
    await _ask(client, account, account, {"fields": "id"}, _NUMBER)
    raw = await _ask(client, account, f"{business_id}/phone_numbers", {"fields": "id", "limit": "100"}, _BUSINESS)
    try:
        numbers = msgspec.json.decode(raw, type=_Numbers).data
    except msgspec.DecodeError:
        raise ChannelUnusable(_UNREACHABLE) from None
    if account not in {number.id for number in numbers}:
        raise ChannelUnusable(_STRANGE)


async def subscribe(client: "Client", account: str, business_id: str) -> None:
    """Have the app told what people write to this account. Asked again, it changes nothing. Raises ChannelUnusable."""
    try:
        await client.post(account, f"{business_id}/subscribed_apps", {})
    except DeliveryFailed as failed:
        raise _unusable(failed, _BUSINESS) from None


async def _ask(client: "Client", account: str, path: str, query: dict[str, str], refused: str) -> bytes:
    try:
        return await client.get(account, path, query)
    except DeliveryFailed as failed:
        raise _unusable(failed, refused) from None


def _unusable(failed: DeliveryFailed, refused: str) -> ChannelUnusable:
    if failed.code == "refused":
        return ChannelUnusable(refused)
    sentence = _SENTENCES.get(failed.code)
    return ChannelUnusable(sentence or f"WhatsApp refused the start ({failed.code}); wait a minute and start again")
