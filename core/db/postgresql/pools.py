"""A connection pool without psycopg's growing pauses between attempts, and connections with a limit on each answer."""

from __future__ import annotations

import select
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool, PoolTimeout

from core.db.postgresql.reachability import reachability

SILENCE_SECONDS = 0.5
"""How much longer than the statement timeout we wait for the database to report that timeout."""


class RecoveringPool(ConnectionPool[Any]):
    """Tries to connect when a connection is requested. psycopg would retry after 1, 2, 4, 8 ... seconds, and so stay
    unusable after an outage has ended.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(reconnect_timeout=0.0, **options)

    def getconn(self, timeout: float | None = None) -> Any:
        """Return a connection that the database has not closed. Raises PoolTimeout at once while the database is known
        to be down.
        """
        deadline = monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            if reachability.is_away:
                raise PoolTimeout("the database is away")
            connection = super().getconn(deadline - monotonic())
            if not _was_ended(connection):
                return connection
            connection.close()
            self.putconn(connection)

    def reconnect_failed(self) -> None:
        """Handle a failed attempt. If no connection is left, everybody who waits for one fails at once."""
        super().reconnect_failed()
        if self._nconns == 0:
            self.lose("no connection can be made")

    def lose(self, reason: str) -> None:
        """Record that the database is down, and fail everybody who waits for a connection."""
        reachability.lose(reason, self.probe)
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for client in waiting:
            client.fail(PoolTimeout(reason))

    def probe(self) -> None:
        """Connect outside the pool, within `connect_timeout`, to find out whether the database is back."""
        Connection.connect(self._resolve_conninfo(), **self._resolve_kwargs()).close()


class RequestConnection(Connection[Any]):
    """A connection that waits slightly longer than the statement timeout. After that the database counts as down."""

    answer_seconds: float

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as silence:
            self.pgconn.finish()
            pool = getattr(self, "_pool", None)
            if pool is not None:
                pool.lose(f"no answer for {self.answer_seconds:g} s")
            raise psycopg.OperationalError("the database does not answer") from silence


def answering_within(seconds: float) -> type[RequestConnection]:
    """Return the connection class for a database with a statement timeout of `seconds`."""
    return type("RequestConnection", (RequestConnection,), {"answer_seconds": seconds + SILENCE_SECONDS})


def _was_ended(connection: Connection[Any]) -> bool:
    """Return whether the database has closed an idle connection, without a round trip.

    Data to read on an idle connection can only be the message that it was closed.
    """
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))
