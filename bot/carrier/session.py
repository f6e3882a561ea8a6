"""HTTP towards one messenger, as it is spoken in both processes."""

import ssl
from typing import Final

import certifi
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.hdrs import CONTENT_TYPE

CONNECT_SECONDS: Final = 10.0
#: A call's own limit is kept beside it, by a ``Deadline``.
NO_LIMIT: Final = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)


def open_session(connections: int) -> ClientSession:
    """For JSON. It belongs to the loop that runs. Trusted is whom the machine trusts, or, as small images know nobody,
    certifi."""
    trusted = ssl.create_default_context()
    trusted.load_verify_locations(certifi.where())
    connector = TCPConnector(limit=connections, ssl=trusted)
    headers = {CONTENT_TYPE: "application/json"}
    return ClientSession(connector=connector, headers=headers, cookie_jar=DummyCookieJar())
