"""Where a webhook may lead: https, to a machine of the public internet, and nowhere else (THREATS T48)."""

import re
import socket
from ipaddress import ip_address, ip_network
from typing import Final, Literal
from urllib.parse import urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

LONGEST: Final = 500
_LONGEST_NAME: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9-]{1,63}")

AddressRefusal = Literal["", "long", "https", "login", "port", "name"]


def address_refusal(url: str, *, loopback: bool = False) -> AddressRefusal:
    """Why nobody can be told there; "" when they can. A number instead of a name is none. ``loopback``: this machine
    may be told too, over http, for trying things out."""
    if len(url) > LONGEST or not url.isascii() or any(sign <= " " or sign == "\\" for sign in url):
        return "long"
    try:
        parts = urlsplit(url)
        port, name = parts.port, (parts.hostname or "").lower()
    except ValueError:
        return "name"
    if loopback and parts.scheme in ("http", "https") and name in ("127.0.0.1", "localhost"):
        return ""
    if parts.scheme != "https":
        return "https"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "login"
    if port not in (None, 443):
        return "port"
    return "" if _is_name(name) else "name"


def _is_name(name: str) -> bool:
    """A host name in full: labels of RFC 1123, the last of which is no number."""
    labels = name.split(".")
    known = all(_LABEL.fullmatch(label) and label.strip("-") == label for label in labels)
    return known and len(labels) > 1 and len(name) <= _LONGEST_NAME and len(labels[-1]) > 1 and labels[-1][0].isalpha()


#: For protocols, or for an address inside an address: translated to IPv4 (64:ff9b), Teredo and others (2001::/23),
#: 6to4, IPv4-mapped. Python knows them from one patch release to the next differently.
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in ("192.0.0.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16", "::ffff:0:0/96")
)


def is_public(ip: str) -> bool:
    """No address that leads inside."""
    try:
        address = ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    special = any(address.version == network.version and address in network for network in _SPECIAL)
    return address.is_global and not (special or address.is_multicast or address.is_reserved)


class PublicResolver(AbstractResolver):
    """Names to addresses; a name of which one address leads inside is refused whole, with OSError. What was looked at
    is what is connected to, so that a second answer of the name changes nothing."""

    def __init__(self, *, loopback: bool = False, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(self._allows(one["host"]) for one in found):
            raise OSError("the name leads to no public address")
        return found

    async def close(self) -> None:
        await self._inner.close()

    def _allows(self, ip: str) -> bool:
        return is_public(ip) or (self._loopback and ip_address(ip).is_loopback)
