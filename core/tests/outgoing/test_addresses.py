"""Only addresses that are certainly public are allowed. `ipaddress` alone accepts some that are not."""

from __future__ import annotations

import time
from ipaddress import ip_address
from threading import Event

import pytest

from core.outgoing.addresses import Address, is_public, resolve_within

pytestmark = pytest.mark.once

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "2001:4860:4860::8888",
]
_NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3 168.63.129.16 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
    192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255 :: ::1 ::7f00:1 ::808:808 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::1 2001:10::1 2001:20::1 2001:2::1 2001:db8::1
    2002:7f00:1::1 2002:808:808::1 2002:c0a8:1::1 2620:4f:8000::1 3ffe::1 3fff::1 4000::1 5f00::1 fc00::1
    fd00:ec2::254 fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1 2606:4700::5efe:7f00:1 2606:4700::200:5efe:7f00:1
    2606:4700::1%eth0
"""
NOT_PUBLIC = _NOT_PUBLIC.split()


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


def test_control_ipaddress_alone_accepts_some_of_them() -> None:
    let_through = {address for address in NOT_PUBLIC if ip_address(address).is_global}
    assert {"168.63.129.16", "224.0.0.1", "64:ff9b::7f00:1", "::7f00:1", "ff0e::1"} <= let_through


def test_look_up_times_out_if_the_resolver_hangs() -> None:
    over = Event()

    def never(host: str, port: int) -> list[Address]:
        over.wait(30)
        return []

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        resolve_within(0.1, never, "slow.test", 80)
    assert time.monotonic() - began < 20
    over.set()


def test_resolver_error_is_raised() -> None:
    def broken(host: str, port: int) -> list[Address]:
        raise UnicodeError(host)

    with pytest.raises(UnicodeError):
        resolve_within(1, broken, "a" * 64, 80)
