"""`TRUSTED_PROXIES`: valid values, and the warning if it is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from core import environment
from core.environment import Environment

pytestmark = pytest.mark.once


def networks(value: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(environment._Variables, "ENVIRON", {"TRUSTED_PROXIES": value})
    return [str(network) for network in Environment().networks("TRUSTED_PROXIES", "")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ("127.0.0.1", ["127.0.0.1/32"]),
        ("::1, 10.0.0.0/8,,", ["::1/128", "10.0.0.0/8"]),
        ("::ffff:10.0.0.0/104, ::ffff:127.0.0.1", ["10.0.0.0/8", "127.0.0.1/32"]),
    ],
)
def test_addresses_and_networks_are_parsed(
    value: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert networks(value, monkeypatch) == expected


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("proxy.example.org", "'proxy.example.org' does not appear to be an IPv4 or IPv6 network."),
        ("10.0.0.1/8", "10.0.0.1/8 has host bits set."),
        ("127.0.0.1, *", "'*' does not appear to be"),
        ("127.0.0.1 10.0.0.1", "'127.0.0.1 10.0.0.1' does not appear to be"),
        ("127.0.0.1:80", "'127.0.0.1:80' does not appear to be"),
        ("0.0.0.0/0", "0.0.0.0/0 is every address there is."),
        ("::/0", "::/0 is every address there is."),
        ("::ffff:0:0/96", "::ffff:0:0/96 is every address there is."),
    ],
)
def test_wrong_value_is_refused_with_the_reason(
    value: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^TRUSTED_PROXIES must .*\.$") as refused:
        networks(value, monkeypatch)
    assert error in str(refused.value)


def test_tls_without_a_trusted_proxy_gets_a_warning(settings: Any) -> None:
    warned = []
    for settings.HTTPS, settings.TRUSTED_PROXIES in ((False, []), (True, ["127.0.0.1/32"]), (True, [])):
        warned.append("wishlist.W001" in [message.id for message in run_checks(tags=["security"])])
    assert warned == [False, False, True]
