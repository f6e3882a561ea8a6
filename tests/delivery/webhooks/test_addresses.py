"""A webhook leads to the public internet over https, and nowhere else (THREATS T48)."""

import socket
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.delivery.webhooks import address_refusal
from bot.delivery.webhooks.addresses import PublicResolver, is_public


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org",
        "https://a-b.example.org/x/y?z=1",
        "https://xn--e1afmkfd.xn--p1ai/in",
        "https://example.org:443/",
    ],
)
def test_a_public_https_address_is_taken(url: str) -> None:
    assert address_refusal(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "//example.org", "http://example.org", "ftp://example.org", "file:///etc/passwd",
        "javascript:alert(1)", "https://", "https:///x", "https://localhost", "https://localhost.", "https://intranet",
        "https://127.0.0.1", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0177.0.0.1",
        "https://10.0.0.1", "https://169.254.169.254/latest/meta-data", "https://8.8.8.8", "https://[::1]",
        "https://[::ffff:127.0.0.1]", "https://[2001:db8::1]", "https://user@example.org", "https://a:b@example.org",
        "https://example.org#x", "https://example.org:8443", "https://example.org:22", "https://example.org:99999",
        "https://example.org:x", "https://exa mple.org", "https://example.org/\r\nhost: x", "https://example.org\\@x.org",
        "https://example.org/\x00", "https://пример.рф", "https://example.org/" + "x" * 500, "https://-a.example.org",
        "https://a..example.org", "https://example.1", "https://[fe80::1%eth0]",
    ],
)  # fmt: skip
def test_no_other_is(url: str) -> None:
    assert address_refusal(url) != ""


def test_this_machine_only_where_a_setting_lets_it() -> None:
    assert address_refusal("http://127.0.0.1:9000/x") != ""
    assert address_refusal("http://127.0.0.1:9000/x", loopback=True) == ""
    assert address_refusal("http://10.0.0.1/x", loopback=True) != ""
    assert address_refusal("http://example.org/x", loopback=True) != ""


INSIDE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:db8::1",
    "2002:7f00:1::1",
    "2001:0:4136:e378::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "ff02::1", "", "example.org",
]  # fmt: skip


@pytest.mark.parametrize("ip", INSIDE)
def test_an_address_that_leads_inside_is_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_others_are(ip: str) -> None:
    assert is_public(ip)


class Names(AbstractResolver):
    def __init__(self, *ips: str) -> None:
        self._ips = ips

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=ip, port=port, family=family, proto=0, flags=0) for ip in self._ips]

    async def close(self) -> None: ...


@pytest.mark.parametrize("ips", [("10.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("::ffff:8.8.8.8",), ()])
async def test_a_name_of_which_one_address_leads_inside_is_refused_whole(ips: Any) -> None:
    with pytest.raises(OSError, match="no public address"):
        await PublicResolver(inner=Names(*ips)).resolve("example.org", 443)


async def test_a_public_name_leads_where_it_was_looked_at() -> None:
    found = await PublicResolver(inner=Names("8.8.8.8")).resolve("example.org", 443)
    assert [one["host"] for one in found] == ["8.8.8.8"]
