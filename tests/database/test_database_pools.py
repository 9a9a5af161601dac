"""Connection pools of a database that becomes unreachable, freezes and comes back, with psycopg's own pool as control."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool, PoolTimeout

from core.db.postgresql import pools
from core.db.postgresql.pools import RecoveringPool, RequestConnection, answering_within
from core.db.postgresql.reachability import Reachability
from tests.support.running.database_wire import DatabaseWire, database_wire
from tests.support.running.site import shared_database_url

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

BACK_SECONDS = 1.0
"""How soon after its return the database must be used again. psycopg's pool pauses for 2 s by then, and for longer later."""


@pytest.fixture
def wire(db: None) -> Iterator[DatabaseWire]:
    with database_wire(shared_database_url()) as made:
        yield made


@pytest.fixture
def reachability(monkeypatch: pytest.MonkeyPatch) -> Reachability:
    own = Reachability()
    monkeypatch.setattr(pools, "reachability", own)
    return own


@contextmanager
def opened(
    kind: type[ConnectionPool[Any]], wire: DatabaseWire, *, size: int = 1, **options: Any
) -> Iterator[ConnectionPool[Any]]:
    kwargs = {"autocommit": True, "connect_timeout": 2}
    options |= {"kwargs": kwargs, "min_size": 1, "max_size": size, "open": True, "timeout": 5}
    with kind(conninfo=wire.url, **options) as pool:
        pool.wait()
        yield pool


def ask(pool: ConnectionPool[Any], timeout: float | None = None) -> None:
    with pool.connection(timeout) as connection:
        connection.execute("SELECT 1")


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lose(pool: ConnectionPool[Any], wire: DatabaseWire) -> None:
    """Cut the connection, and wait until a second attempt has failed."""
    wire.cut()
    failed = pool.get_stats().get("connections_errors", 0)
    with pytest.raises(psycopg.OperationalError):
        ask(pool, 0.2)
    wait_for(lambda: pool.get_stats().get("connections_errors", 0) >= failed + 2)


def test_database_is_used_at_once_after_its_return(wire: DatabaseWire, reachability: Reachability) -> None:
    with opened(RecoveringPool, wire) as pool:
        lose(pool, wire)
        wait_for(lambda: reachability.is_away)
        started = time.monotonic()
        with pytest.raises(PoolTimeout):
            ask(pool)
        assert time.monotonic() - started < 0.5
        wire.mend()
        back = time.monotonic()
        wait_for(lambda: not reachability.is_away)
        ask(pool)
        assert time.monotonic() - back < BACK_SECONDS


def test_control_psycopg_pool_keeps_pausing(wire: DatabaseWire) -> None:
    with opened(ConnectionPool, wire) as pool:
        lose(pool, wire)
        wire.mend()
        with pytest.raises(PoolTimeout):
            ask(pool, BACK_SECONDS)


@pytest.mark.parametrize("looks", [True, False], ids=["checked", "control: unchecked"])
def test_closed_connection_is_not_handed_out(
    wire: DatabaseWire, reachability: Reachability, monkeypatch: pytest.MonkeyPatch, looks: bool
) -> None:
    if not looks:
        monkeypatch.setattr(pools, "_was_ended", lambda _connection: False)
    with opened(RecoveringPool, wire, size=4) as pool:
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(pool.connection())
        wait_for(lambda: pool.get_stats()["pool_available"] == 4)
        wire.cut()
        wire.mend()
        if looks:
            ask(pool)
        else:
            with pytest.raises(psycopg.OperationalError):
                ask(pool)


def test_waiting_client_fails_when_the_database_is_down(
    wire: DatabaseWire, reachability: Reachability
) -> None:
    with opened(RecoveringPool, wire) as pool:
        started = time.monotonic()
        wire.cut()
        with pytest.raises(PoolTimeout):
            ask(pool)
        assert time.monotonic() - started < 2


def test_frozen_database_fails_after_the_timeout(wire: DatabaseWire, reachability: Reachability) -> None:
    with opened(RecoveringPool, wire, connection_class=answering_within(0.2)) as pool:
        ask(pool)
        wire.freeze()
        started = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match="does not answer"):
            ask(pool)
        assert time.monotonic() - started < 2
        assert reachability.is_away
        wire.thaw()
        wait_for(lambda: not reachability.is_away)
        ask(pool)


def test_control_psycopg_waits_for_a_frozen_database(wire: DatabaseWire) -> None:
    with closing(psycopg.connect(wire.url)) as connection, ThreadPoolExecutor(1) as thread:
        wire.freeze()
        asked = thread.submit(connection.execute, "SELECT 1")
        with pytest.raises(TimeoutError):
            asked.result(timeout=2)
        wire.thaw()
        asked.result(timeout=10)


def test_slow_statement_does_not_count_as_down(wire: DatabaseWire, reachability: Reachability) -> None:
    """The database itself reports the timeout, so it is reachable."""
    kind: type[RequestConnection] = answering_within(0.2)
    with opened(RecoveringPool, wire, connection_class=kind) as pool, pool.connection() as connection:
        connection.execute("SET statement_timeout = 200")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(5)")
        connection.execute("SELECT 1")
    assert not reachability.is_away
