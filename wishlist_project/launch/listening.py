"""Bind the server's address before anything else, so that errors can be reported in one sentence."""

from __future__ import annotations

import errno
import socket

from django.core.management.base import CommandError

from core.http.network import LOOPBACK

BACKLOG = 1024
"""Many guests may open a link at the same moment. Connections in the backlog are served; more are dropped."""


def ensure_can_listen(host: str, port: int) -> None:
    """Bind the address and release it. Raises CommandError."""
    bound(host, port).close()


def bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a bound socket that does not listen yet. `shared` lets several of our processes bind the same address."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        one = socket.socket(family, kind)
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            one.bind(address)
        except OSError:
            one.close()
            raise
    except (OSError, UnicodeError) as error:
        raise CommandError(_sentence(error, host, port)) from error
    return one


def listen(where: socket.socket, host: str, port: int) -> None:
    """Listen. Raises CommandError, for example if another program has taken the port since `bound`."""
    try:
        where.listen(BACKLOG)
    except OSError as error:
        raise CommandError(_sentence(error, host, port)) from error


def _sentence(error: OSError | UnicodeError, host: str, port: int) -> str:
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return f"There is no address called {host!r}: set HOST to 127.0.0.1, 0.0.0.0 or an address of this machine."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken: stop what runs there, or choose another: make run PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than yours: choose one from 1024 up: make run PORT=8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}: set HOST to 127.0.0.1, 0.0.0.0 or one that it has."
    return f"{host}:{port} cannot be listened on: {error.strerror or error}."


def ensure_debug_stays_home(host: str, debug: bool, site_host: str = "localhost") -> None:
    """Raise CommandError if DEBUG is on and the server is not on loopback: error pages show source and settings."""
    for name in (host, site_host):
        if debug and name not in LOOPBACK:
            raise CommandError(
                f"DEBUG is for loopback only, and {name} is not: set DEBUG=0, or HOST and SITE_URL, which turn it off "
                "by themselves."
            )
