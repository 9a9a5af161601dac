"""The pool of connections, without psycopg's growing pauses between its attempts, and connections that wait so long only."""

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
"""So much longer than the database may work on a statement we wait for it to say that its time is up."""


class RecoveringPool(ConnectionPool[Any]):
    """Attempts are made for those who ask, and not again in 1, 2, 4, 8 ... seconds, which outlast an outage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(reconnect_timeout=0.0, **options)

    def getconn(self, timeout: float | None = None) -> Any:
        """A connection that the database has not ended meanwhile. Raises at once while it is known to be away."""
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
        """The pool has given up one connection. Was it the last, nobody need wait for another."""
        super().reconnect_failed()
        if self._nconns == 0:
            self.lose("no connection can be made")

    def lose(self, reason: str) -> None:
        """The database is away: nobody need wait for it."""
        reachability.lose(reason, self.probe)
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for client in waiting:
            client.fail(PoolTimeout(reason))

    def probe(self) -> None:
        """Connect beside the pool, which takes `connect_timeout` at most: a database that lets us in answers."""
        Connection.connect(self._resolve_conninfo(), **self._resolve_kwargs()).close()


class RequestConnection(Connection[Any]):
    """Waits a little longer than the database may work on one statement. Silence beyond that is a database that is away."""

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
    """The class of connections to a database that ends statements after so many seconds."""
    return type("RequestConnection", (RequestConnection,), {"answer_seconds": seconds + SILENCE_SECONDS})


def _was_ended(connection: Connection[Any]) -> bool:
    """Whether an idle connection has something to read: a goodbye, as nothing was asked. No way to the database and back."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))
