"""The table of a server process's connections: it limits their number, their number per address, and their time.

Both servers report what happens on their connections to this table, and do what it says, so that docs/bounds.md holds for
either. Messages on an open WebSocket do not call this code.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from enum import Enum
from math import inf
from typing import Any, Protocol

from core.asgi.early_answers import EarlyRefusal
from core.http.request_bounds import (
    body_too_large,
    malformed_request,
    request_timeout,
    too_many_bodies,
    too_many_connections,
)
from wishlist_project.launch.servers.connection_bounds import ConnectionBounds

PATIENCE_SECONDS = 0.5
"""A connection on which the server has waited this long may be closed to make room for another address."""

LINGER_SECONDS = 5.0
LINGER_BYTES = 32 * 1024 * 1024
"""How much is read and dropped after an early answer. The client may read the answer only when it has sent everything, and
closing at once could discard the answer.
"""

HANDSHAKE_SECONDS = 20.0

CHUNK_FRAME_BYTES = 5
CHUNK_FRAMES_ALLOWANCE = 4 * 1024
"""A chunk of one byte costs as much work as one of 64 KiB. So the framing of chunks may take at most as many bytes as their
content, plus 4 KiB.
"""

ALWAYS_ANSWERED = b"/health"


class Phase(Enum):
    """What a connection is waiting for."""

    IDLE = "the first or next request"
    HEADERS = "the rest of the headers"
    BODY = "the rest of the body"
    ANSWER = "our answer"
    HANDSHAKE = "our answer to a WebSocket handshake"
    SOCKET = "nothing: an open WebSocket"
    CLOSING = "the end"


WAITING_FOR_CLIENT = {Phase.IDLE, Phase.HEADERS, Phase.BODY}


class Peer(Protocol):
    """What the table needs from the protocol of a connection."""

    def refuse(self, refusal: EarlyRefusal) -> None:
        """Answer, close the sending half, and drop what is still received."""

    def close(self) -> None:
        """Close after all written data is sent."""

    def abort(self) -> None:
        """Close at once."""

    def unsent(self) -> int:
        """Return the number of written bytes that the kernel has not accepted."""


class Refused(Exception):
    """Raised within a server's parser to stop it. The connection is then refused."""

    def __init__(self, refusal: EarlyRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Connection:
    """A connection, and what it waits for."""

    __slots__ = (
        "_began",
        "_chunks",
        "_dropped",
        "_most",
        "_stalled_since",
        "_table",
        "_unsent",
        "address",
        "deadline",
        "over_bound",
        "peer",
        "phase",
        "received",
    )

    def __init__(self, table: Connections, peer: Peer, address: str) -> None:
        self._table, self.peer, self.address = table, peer, address
        self.phase = Phase.IDLE
        self.over_bound = False
        """Whether it is beyond the limit. It gets a 503 when its request has been read."""
        self.received = self._chunks = self._dropped = self._unsent = self._most = 0
        self._began = self._stalled_since = table.clock()
        self.deadline = self._began + table.bounds.header_seconds

    def request_begins(self) -> None:
        """Bytes arrived. More bytes of the same headers change nothing, because the time limit is for all headers."""
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADERS, self._table.bounds.header_seconds)

    def body_begins(self, most: int) -> None:
        """The headers are complete. `most` is the maximum size of this type of body, in bytes."""
        self._forget_body()
        self._most = most
        self._enter(Phase.BODY, self._table.bounds.body_seconds)

    def body_arrives(self, length: int, *, chunked: bool) -> None:
        """Count arriving bytes, and extend the deadline by a minimum rate. Raises `Refused` if there are too many."""
        if self.phase is not Phase.BODY:  # it has already been answered
            self.drops(length)
            return
        bounds = self._table.bounds
        self.received += length
        self._chunks += chunked
        self._table.body_bytes += length
        if self.received > self._most:
            raise Refused(body_too_large())
        if self._chunks * CHUNK_FRAME_BYTES > CHUNK_FRAMES_ALLOWANCE + self.received:
            raise Refused(malformed_request())
        if self._table.body_bytes > bounds.bodies_bytes:
            raise Refused(too_many_bodies())
        self.deadline = self._began + bounds.body_seconds + self.received / bounds.body_bytes_a_second

    def is_refused(self, path: bytes) -> EarlyRefusal | None:
        """Return the refusal of a connection beyond the limit, now that its request can be answered."""
        return too_many_connections() if self.over_bound and path != ALWAYS_ANSWERED else None

    def request_is_whole(self) -> None:
        """The client now waits for our answer."""
        if self.phase is Phase.BODY:
            self._enter(Phase.ANSWER, inf)

    def answered(self) -> None:
        if self.phase is Phase.CLOSING:
            return
        self._forget_body()
        self._enter(Phase.IDLE, self._table.bounds.idle_seconds)
        if self.over_bound:
            self.peer.close()

    def upgrades(self) -> None:
        self._enter(Phase.HANDSHAKE, HANDSHAKE_SECONDS)

    def socket_is_open(self) -> None:
        """The WebSocket is open. Time limits are now up to the application."""
        self._enter(Phase.SOCKET, inf)

    def closes(self) -> None:
        """It was answered early. What it still sends is dropped."""
        self._forget_body()
        self._enter(Phase.CLOSING, LINGER_SECONDS)

    def drops(self, length: int) -> None:
        """Count bytes that are dropped, and abort after too many."""
        self._dropped += length
        if self._dropped > LINGER_BYTES:
            self.peer.abort()

    def is_closed(self) -> None:
        self.closes()
        self._table.remove(self)

    def check(self, now: float) -> None:
        """End the connection if it took too long."""
        if now >= self.deadline:
            self.time_is_up()
        elif self._is_stalled(now):
            self.peer.abort()

    def time_is_up(self) -> None:
        if self.phase not in WAITING_FOR_CLIENT:
            self.peer.abort()
            return
        if self.phase is not Phase.IDLE:
            self.peer.refuse(request_timeout())
        self.closes()
        self.peer.close()

    def _is_stalled(self, now: float) -> bool:
        """Return whether the client has read nothing of our answer for too long."""
        unsent = self.peer.unsent()
        if not unsent or unsent != self._unsent:
            self._unsent, self._stalled_since = unsent, now
        return now - self._stalled_since > self._table.bounds.answer_seconds

    @property
    def waits_since(self) -> float:
        return self._began

    def _enter(self, phase: Phase, seconds: float) -> None:
        if self.phase is Phase.CLOSING:
            return
        self.phase = phase
        self._began = self._table.clock()
        self.deadline = self._began + seconds
        self._table.has_entered(self)

    def _forget_body(self) -> None:
        self._table.body_bytes -= self.received
        self.received = self._chunks = 0


class Connections:
    """All connections of a process.

    `is_trusted` returns whether an address is a trusted proxy, which has connections of many people. `household` maps an
    address to the network that is counted.
    """

    def __init__(
        self,
        bounds: ConnectionBounds,
        *,
        is_trusted: Callable[[str], bool] = lambda address: False,
        household: Callable[[str], str] = lambda address: address,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bounds, self.clock, self._is_trusted = bounds, clock, is_trusted
        self._household = household
        self.body_bytes = 0
        self.upgrading: dict[object, Connection] = {}
        """Connections by transport, while the WebSocket protocol takes over."""
        self._all: set[Connection] = set()
        self._timed: set[Connection] = set()
        self._over_bound = 0
        self._of_address: Counter[str] = Counter()
        self._waiting: dict[str | None, dict[Connection, None]] = {None: {}}
        """Connections that the server waits for, the longest waiting first: by address, and under None all of them."""

    def __len__(self) -> int:
        return len(self._all)

    def open(self, peer: Peer, address: str) -> Connection | None:
        """Add a connection. Return None if there is not even room to answer it with a 503."""
        address = "" if self._is_trusted(address) else self._household(address)
        over_bound = self._is_full(address) and not self._make_room(address)
        if over_bound and self._over_bound >= self.bounds.over_bound:
            return None
        connection = Connection(self, peer, address)
        connection.over_bound = over_bound
        self._over_bound += over_bound
        self._all.add(connection)
        self._of_address[address] += 1
        self.has_entered(connection)
        return connection

    def remove(self, connection: Connection) -> None:
        if connection not in self._all:
            return
        self._all.discard(connection)
        self._timed.discard(connection)
        self._over_bound -= connection.over_bound
        self._of_address[connection.address] -= 1
        if not self._of_address[connection.address]:
            del self._of_address[connection.address]
        self._stop_waiting(connection)

    def has_entered(self, connection: Connection) -> None:
        """Update the table after a connection has changed its phase."""
        if connection not in self._all:
            return
        self._stop_waiting(connection)
        if connection.phase in WAITING_FOR_CLIENT:
            self._waiting[None][connection] = None
            self._waiting.setdefault(connection.address, {})[connection] = None
        if connection.phase is Phase.SOCKET:
            self._timed.discard(connection)
        else:
            self._timed.add(connection)

    def sweep(self) -> None:
        """End connections that took too long. Call this every second."""
        now = self.clock()
        for connection in tuple(self._timed):
            connection.check(now)

    def _is_full(self, address: str) -> bool:
        return self._is_crowded(address) or len(self._all) - self._over_bound >= self.bounds.connections

    def _is_crowded(self, address: str) -> bool:
        return bool(address) and self._of_address[address] >= self.bounds.connections_per_address

    def _make_room(self, address: str) -> bool:
        """Close the connection that the server has waited for longest; of the same address, if that has too many.

        Return whether there is now room. If the closed connection was itself beyond the limit, there is only room to answer.
        """
        crowded = self._is_crowded(address)
        longest = next(iter(self._waiting.get(address if crowded else None, ())), None)
        if longest is None or not (crowded or self.clock() - longest.waits_since >= PATIENCE_SECONDS):
            return False
        # It is removed from the table, so nothing would wait for it to read the rest.
        does_not_read = longest.peer.unsent() > 0
        longest.time_is_up()
        if does_not_read:
            longest.peer.abort()
        self.remove(longest)
        return not longest.over_bound

    def _stop_waiting(self, connection: Connection) -> None:
        self._waiting[None].pop(connection, None)
        of_address = self._waiting.get(connection.address)
        if of_address is not None:
            of_address.pop(connection, None)
            if not of_address:
                del self._waiting[connection.address]


def every_second(later: Callable[[float, Callable[[], None]], Any], *tasks: Callable[[], None]) -> None:
    """Call `tasks` now and every second, as long as the process lives. `later` is the event loop's method to delay a call."""
    later(1.0, lambda: every_second(later, *tasks))
    for task in tasks:
        task()
