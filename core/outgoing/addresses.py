"""Which internet addresses the server may call for a user: public ones only.

We have our own check, because `ipaddress.is_global` accepts NAT64, IPv4-compatible, multicast and some 6to4 addresses,
and its answers change with the Python version. Doubtful ranges are refused: if a product page can't be read, somebody
has to type a little.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[Address]]
"""Takes a host and a port, returns all its addresses. Raises `OSError` if there are none."""

# The whole IANA special-purpose registry, and addresses of cloud services that look public.
_SPECIAL_V4 = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host, as seen by its virtual machines
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
# Only 2000::/3 is used for the public internet. So mapped, compatible, NAT64, unique local, link-local, site-local and
# multicast addresses need no entry here, only the reserved ranges inside 2000::/3.
_PUBLIC_V6 = ip_network("2000::/3")
_SPECIAL_V6 = [
    ip_network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: contains an IPv4 address
        "2620:4f:8000::/48",
        "3ffe::/16",
        "3fff::/20",
    )
]
# ISATAP addresses contain an IPv4 address in the lower half of any prefix.
_ISATAP = {0x0000_5EFE, 0x0200_5EFE}


def is_public(address: Address) -> bool:
    """Return whether `address` is certainly a unicast address of the public internet."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_V4)
    if address.scope_id is not None or address not in _PUBLIC_V6:
        return False
    isatap = int(address) >> 32 & 0xFFFF_FFFF in _ISATAP
    return address.is_global and not isatap and not any(address in network for network in _SPECIAL_V6)


def resolve(host: str, port: int) -> list[Address]:
    """Return all addresses of `host` from the system's resolver. It also reads unusual notations: `0x7f.1` is
    127.0.0.1.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [ip_address(answer[4][0]) for answer in answers]


def resolve_within(seconds: float, resolver: Resolver, host: str, port: int) -> list[Address]:
    """Return `resolver(host, port)`, or raise `TimeoutError` after that many seconds.

    The system's resolver has no time-out and can't be stopped. It is left in a daemon thread, which ends when the
    resolver gives up. A look-up is only abandoned when its fetch has no time left, so the limit on fetches also limits
    these threads.
    """
    answer: SimpleQueue[list[Address] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port))
        except Exception as error:  # raised again in the thread that waits
            answer.put(error)

    Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"No address for {host} in time.") from None
    if isinstance(found, Exception):
        raise found
    return found
