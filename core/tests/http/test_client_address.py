"""The address of a client is that of the peer, unless a trusted proxy forwards another."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core.http import client_address as module
from core.http.client_address import (
    client_address,
    client_address_of_scope,
    client_network,
    is_from_this_machine,
)

pytestmark = pytest.mark.once

PROXIES = ["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"]

# The peer, its headers X-Forwarded-For and Forwarded, and the resulting client.
CASES: list[tuple[str, str | None, str | None, str]] = [
    # Headers of peers that are not trusted proxies are ignored, even of private addresses.
    ("192.168.0.7", "198.51.100.1", None, "192.168.0.7"),
    ("172.17.0.1", "198.51.100.1", None, "172.17.0.1"),
    ("::1", "198.51.100.1", "for=198.51.100.1", "::1"),
    ("fe80::1", "198.51.100.1", None, "fe80::1"),
    ("203.0.113.7", "127.0.0.1", "for=127.0.0.1", "203.0.113.7"),
    ("203.0.113.7", None, "for=198.51.100.1", "203.0.113.7"),
    # A trusted proxy is believed for the entry that it appended itself.
    ("127.0.0.1", "198.51.100.1", None, "198.51.100.1"),
    ("127.0.0.1", "1.2.3.4, 198.51.100.1", None, "198.51.100.1"),
    ("127.0.0.1", "1.2.3.4,10.1.1.1", None, "1.2.3.4"),
    ("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.1.1.1, 10.2.2.2", None, "198.51.100.1"),
    ("127.0.0.1", "10.3.3.3, 10.1.1.1", None, "10.3.3.3"),
    ("127.0.0.1", None, None, "127.0.0.1"),
    ("127.0.0.1", "", None, "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1, ", None, "198.51.100.1"),
    ("127.0.0.1", " , ,", None, "127.0.0.1"),
    # Several spellings of the same address.
    ("::ffff:127.0.0.1", "198.51.100.1", None, "198.51.100.1"),
    ("127.0.0.1", "::ffff:198.51.100.1", None, "198.51.100.1"),
    ("127.0.0.1", "::FFFF:C633:6401", None, "198.51.100.1"),
    ("127.0.0.1", "198.51.100.1:4711", None, "198.51.100.1"),
    ("127.0.0.1", "2001:0DB8:0:0:0:0:0:7", None, "2001:db8::7"),
    ("127.0.0.1", "[2001:db8::7]:4711", None, "2001:db8::7"),
    ("127.0.0.1", "[2001:db8::7]", None, "2001:db8::7"),
    ("127.0.0.1", "[::ffff:198.51.100.1]:80", None, "198.51.100.1"),
    ("127.0.0.1", "fe80::7%eth0", None, "fe80::7"),
    ("2001:db8:ffff::1", "2001:db8::7", None, "2001:db8::7"),
    ("127.0.0.1", "2001:db8::7, 2001:db8:ffff::9, 10.0.0.1", None, "2001:db8::7"),
    # An entry that is not an address ends the walk: the client is the last valid address before it.
    ("127.0.0.1", "198.51.100.1, unknown", None, "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1, _hidden, 10.1.1.1", None, "10.1.1.1"),
    ("127.0.0.1", "198.51.100.1, 010.1.1.1", None, "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1, 1.2.3.4.5", None, "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1 10.1.1.1", None, "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1, <script>", None, "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1, 203.0.113.9:99:1", None, "127.0.0.1"),
    # The header Forwarded (RFC 7239), used only without X-Forwarded-For.
    ("127.0.0.1", None, "for=198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", None, 'proto=https;For="[2001:db8::7]:4711";by=10.0.0.1', "2001:db8::7"),
    ("127.0.0.1", None, 'for=1.2.3.4, for=198.51.100.1;proto=https, for="10.1.1.1:80"', "198.51.100.1"),
    ("127.0.0.1", None, 'for=", for=198.51.100.1', "198.51.100.1"),
    ("127.0.0.1", None, "for=198.51.100.1, proto=https", "127.0.0.1"),
    ("127.0.0.1", None, "for=unknown", "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1", "for=1.2.3.4", "198.51.100.1"),
    # A UNIX socket has no address and is not trusted.
    ("", "198.51.100.1", "for=198.51.100.1", ""),
]


@pytest.fixture
def proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(proxy) for proxy in PROXIES]


@pytest.mark.parametrize(("peer", "forwarded_for", "forwarded", "client"), CASES)
def test_client_is_the_first_untrusted_address_from_the_right(
    proxies: None, peer: str, forwarded_for: str | None, forwarded: str | None, client: str
) -> None:
    optional = {"X-Forwarded-For": forwarded_for, "Forwarded": forwarded}
    headers = {name: value for name, value in optional.items() if value is not None}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)) == client
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"client": (peer, 4711) if peer else None, "headers": raw}
    assert client_address_of_scope(scope) == client


def test_repeated_headers_are_joined(proxies: None) -> None:
    headers = [(b"x-forwarded-for", b"1.2.3.4"), (b"x-forwarded-for", b"198.51.100.1")]
    assert client_address_of_scope({"client": ("10.0.0.1", 1), "headers": headers}) == "198.51.100.1"


def test_no_proxy_is_trusted_by_default(settings: Any) -> None:
    assert settings.TRUSTED_PROXIES == []
    for peer in ("127.0.0.1", "::1", "192.168.0.7", "10.0.0.1", "fd00::1"):
        request = RequestFactory().get("/", headers={"X-Forwarded-For": "1.2.3.4"}, REMOTE_ADDR=peer)
        assert client_address(request) == peer


def spoofed(written: str) -> str:
    """Return the client's address if the client sends `written` through a proxy that appends its real address."""
    header = f"{written}, 198.51.100.1"
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header)
    return client_address(request)


@given(
    written=st.text(st.sampled_from('1234.:,[]"; =forFE%\t') | st.characters(max_codepoint=255), max_size=80)
)
def test_client_cannot_forge_its_address(written: str) -> None:
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(module, "_is_trusted", lambda address: str(address) == "10.0.0.1")
        assert spoofed(written) == "198.51.100.1"


def test_control_client_can_forge_its_address_if_all_are_trusted(
    proxies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_is_trusted", lambda address: True)
    assert spoofed("1.2.3.4") == "1.2.3.4"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::7", "2001:db8:0:0:ffff::1", True),
        ("2001:db8::7", "2001:db8:0:1::7", False),
        ("", "192.0.2.7", False),
    ],
)
def test_client_network_is_an_ipv6_64(one: str, other: str, same: bool) -> None:
    assert (client_network(one) == client_network(other)) is same


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"]
)
def test_forwarded_request_is_not_from_this_machine(proxies: None, name: str) -> None:
    assert is_from_this_machine(RequestFactory().get("/"))
    assert not is_from_this_machine(RequestFactory().get("/", headers={name: "127.0.0.1"}))
    assert not is_from_this_machine(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1"))


# --- the scheme ---------------------------------------------------------------------------------------------------


def status(peer: str, scheme: str | None) -> int:
    headers = {} if scheme is None else {"X-Forwarded-Proto": scheme}
    return Client(REMOTE_ADDR=peer).get("/api/v1/nothing", headers=headers).status_code


@pytest.fixture
def over_tls(settings: Any) -> Any:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return settings


def test_only_trusted_proxies_can_set_the_scheme(proxies: None, over_tls: Any) -> None:
    assert [status("10.0.0.1", scheme) for scheme in ("https", "http", None)] == [404, 301, 301]
    assert [status("192.168.0.7", scheme) for scheme in ("https", "http", None)] == [301, 301, 301]
    assert status("10.0.0.1", "https, http") == 301, "what the proxy says stands last"
    assert status("10.0.0.1", "http, https") == 404


def test_scheme_comes_from_the_setting_without_trusted_proxies(over_tls: Any) -> None:
    """The real scheme is unknown, and a redirect would loop."""
    assert [status("10.0.0.1", scheme) for scheme in ("https", "http", None)] == [404, 404, 404]
