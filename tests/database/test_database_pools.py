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
from tests.support.running.database_proxy import DatabaseProxy, database_proxy
from tests.support.running.site import shared_database_url

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

BACK_SECONDS = 1.0
"""How soon after its return the database must be used again. psycopg's pool pauses for 2 s by then, and for longer later."""


@pytest.fixture
def ws(db: None) -> Iterator[DatabaseProxy]:
    with database_proxy(shared_database_url()) as made:
        yield made


@pytest.fixture
def reachability(monkeypatch: pytest.MonkeyPatch) -> Reachability:
    own = Reachability()
    monkeypatch.setattr(pools, "reachability", own)
    return own


@contextmanager
def opened(
    kind: type[ConnectionPool[Any]], ws: DatabaseProxy, *, size: int = 1, **options: Any
) -> Iterator[ConnectionPool[Any]]:
    kwargs = {"autocommit": True, "connect_timeout": 2}
    options |= {"kwargs": kwargs, "min_size": 1, "max_size": size, "open": True, "timeout": 5}
    with kind(conninfo=ws.url, **options) as pool:
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


def lose(pool: ConnectionPool[Any], ws: DatabaseProxy) -> None:
    """Cut the connection, and wait until a second attempt has failed."""
    ws.cut()
    failed = pool.get_stats().get("connections_errors", 0)
    with pytest.raises(psycopg.OperationalError):
        ask(pool, 0.2)
    wait_for(lambda: pool.get_stats().get("connections_errors", 0) >= failed + 2)


def test_database_is_used_at_once_after_its_return(ws: DatabaseProxy, reachability: Reachability) -> None:
    with opened(RecoveringPool, ws) as pool:
        lose(pool, ws)
        wait_for(lambda: reachability.is_away)
        started = time.monotonic()
        with pytest.raises(PoolTimeout):
            ask(pool)
        assert time.monotonic() - started < 0.5
        ws.mend()
        back = time.monotonic()
        wait_for(lambda: not reachability.is_away)
        ask(pool)
        assert time.monotonic() - back < BACK_SECONDS


def test_control_psycopg_pool_keeps_pausing(ws: DatabaseProxy) -> None:
    with opened(ConnectionPool, ws) as pool:
        lose(pool, ws)
        ws.mend()
        with pytest.raises(PoolTimeout):
            ask(pool, BACK_SECONDS)


@pytest.mark.parametrize("looks", [True, False], ids=["checked", "control: unchecked"])
def test_closed_connection_is_not_handed_out(
    ws: DatabaseProxy, reachability: Reachability, monkeypatch: pytest.MonkeyPatch, looks: bool
) -> None:
    if not looks:
        monkeypatch.setattr(pools, "_was_ended", lambda _connection: False)
    with opened(RecoveringPool, ws, size=4) as pool:
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(pool.connection())
        wait_for(lambda: pool.get_stats()["pool_available"] == 4)
        ws.cut()
        ws.mend()
        if looks:
            ask(pool)
        else:
            with pytest.raises(psycopg.OperationalError):
                ask(pool)


def test_waiting_client_fails_when_the_database_is_down(
    ws: DatabaseProxy, reachability: Reachability
) -> None:
    with opened(RecoveringPool, ws) as pool:
        started = time.monotonic()
        ws.cut()
        with pytest.raises(PoolTimeout):
            ask(pool)
        assert time.monotonic() - started < 2


def test_frozen_database_fails_after_the_timeout(ws: DatabaseProxy, reachability: Reachability) -> None:
    with opened(RecoveringPool, ws, connection_class=answering_within(0.2)) as pool:
        ask(pool)
        ws.freeze()
        started = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match="does not answer"):
            ask(pool)
        assert time.monotonic() - started < 2
        assert reachability.is_away
        ws.thaw()
        wait_for(lambda: not reachability.is_away)
        ask(pool)


def test_control_psycopg_waits_for_a_frozen_database(ws: DatabaseProxy) -> None:
    with closing(psycopg.connect(ws.url)) as connection, ThreadPoolExecutor(1) as thread:
        ws.freeze()
        asked = thread.submit(connection.execute, "SELECT 1")
        with pytest.raises(TimeoutError):
            asked.result(timeout=2)
        ws.thaw()
        asked.result(timeout=10)


def test_slow_statement_does_not_count_as_down(ws: DatabaseProxy, reachability: Reachability) -> None:
    """The database itself reports the timeout, so it is reachable."""
    kind: type[RequestConnection] = answering_within(0.2)
    with opened(RecoveringPool, ws, connection_class=kind) as pool, pool.connection() as connection:
        connection.execute("SET statement_timeout = 200")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(5)")
        connection.execute("SELECT 1")
    assert not reachability.is_away
