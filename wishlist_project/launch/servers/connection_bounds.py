"""Limits on the connections of a server process, from the settings and the available file descriptors."""

from __future__ import annotations

import logging
import resource
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

logger = logging.getLogger(__name__)

OVER_BOUND = 32
"""How many connections beyond the limit get an answer (503). Any more are closed at once."""

KEPT_DESCRIPTORS = 64
"""Descriptors for the event loop, logs, listening sockets, Redis, mail and child processes."""

DESCRIPTORS_A_THREAD = 4
"""A request may use a database connection (three files with SQLite) and a file."""

OTHER_THREADS = 12
"""Threads of the hub, of jobs, and of fetching pages."""

LEAST_CONNECTIONS = 16


@dataclass(frozen=True)
class ConnectionBounds:
    """Limits of connections. docs/bounds.md describes the variables with the same names."""

    connections: int
    connections_per_address: int
    header_seconds: float = 10
    body_seconds: float = 20
    idle_seconds: float = 65
    answer_seconds: float = 30
    bodies_bytes: int = 64 * 1024 * 1024
    body_bytes_a_second: int = 4 * 1024
    over_bound: int = OVER_BOUND


def connection_bounds() -> ConnectionBounds:
    """Return the limits of this process, after raising its soft limit of descriptors to the hard one."""
    descriptors = raise_descriptor_limit()
    room = max(LEAST_CONNECTIONS, descriptors - kept_descriptors())
    connections = min(settings.MAX_CONNECTIONS, room)
    if room < settings.MAX_CONNECTIONS and room < settings.MAX_CONNECTIONS_PER_ADDRESS * 2:
        logger.warning(
            "This process may open %d files, so it takes %d connections at once. Raise the limit: ulimit -n 65536",
            descriptors,
            connections,
        )
    return ConnectionBounds(
        connections=connections,
        # A single address can never take all connections.
        connections_per_address=min(settings.MAX_CONNECTIONS_PER_ADDRESS, connections * 3 // 4),
        header_seconds=settings.HEADER_SECONDS,
        body_seconds=settings.BODY_SECONDS,
        idle_seconds=settings.KEEP_ALIVE_SECONDS,
        answer_seconds=settings.ANSWER_SECONDS,
        bodies_bytes=settings.MAX_BODIES_BYTES,
    )


def raise_descriptor_limit() -> int:
    """Raise the soft limit of descriptors as far as possible, and return it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS reports a hard limit that it does not accept
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**31 if soft == resource.RLIM_INFINITY else soft


def kept_descriptors() -> int:
    """Return how many descriptors are not available for clients."""
    threads = settings.HTTP_CONCURRENCY + OTHER_THREADS
    pool = 0 if settings.EMBEDDED_DATABASE else settings.DATABASE_POOL
    return KEPT_DESCRIPTORS + OVER_BOUND + DESCRIPTORS_A_THREAD * threads + pool
