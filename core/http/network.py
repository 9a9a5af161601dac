"""Find the addresses under which browsers can reach this machine."""

from __future__ import annotations

import socket

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def lan_address() -> str:
    """Return this machine's address in the local network. Nothing is sent: `connect` on a UDP socket only picks a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def address_of(host: str, port: int) -> str:
    """Return the URL of a server that listens on `host`. 0.0.0.0 and :: become the LAN address; IPv6 gets brackets."""
    name = lan_address() if host in EVERYWHERE else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"
