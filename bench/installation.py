"""Databases for the measured servers, which are dropped afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.process import Process
from tests.support.running import services

FROM_ONE_ADDRESS = (
    "MAX_CONNECTIONS",
    "MAX_CONNECTIONS_PER_ADDRESS",
    "SOCKETS_PER_ADDRESS",
    "SOCKETS_PER_LINK",
)
"""Limits to raise, because all clients have the same address and use the same link."""


@contextmanager
def installation(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of servers with a migrated PostgreSQL database and with Redis."""
    with services.postgresql() as database, services.redis_server() as redis:
        print(f"On {database.title}; {redis.title}.")
        name = f"bench_{secrets.token_hex(4)}"
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            try:
                env = _environment(folder) | {
                    "DATABASE_URL": f"{database.url.rpartition('/')[0]}/{name}",
                    "REDIS_URL": redis.url,
                    "CHANNEL_PREFIX": name,
                    "DATABASE_POOL": "12",
                }
                _migrate(env, folder)
                yield env
            finally:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def embedded(folder: Path) -> dict[str, str]:
    """Return the environment of a server with SQLite and without Redis. Only one server at a time may use it."""
    env = _environment(folder) | {"DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}", "REDIS_URL": ""}
    _migrate(env, folder)
    return env


def _environment(folder: Path) -> dict[str, str]:
    return {
        "DATA_DIR": str(folder),
        "ENV_FILE": os.devnull,
        "EMBEDDED_JOBS": "0",
        "DEBUG": "0",
        **dict.fromkeys(("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET"), secrets.token_hex(32)),
        "LOG_LEVEL": "WARNING",
        "RATE_LIMITS": "0",
        **dict.fromkeys(FROM_ONE_ADDRESS, "100000"),
        "SNAPSHOT_BYTES_PER_ADDRESS": "100000000000",
    }


def _migrate(env: dict[str, str], folder: Path) -> None:
    migrate = Process("manage.py", "migrate", "-v0", env=env, log=folder / "migrate.log")
    try:
        if migrate.popen.wait() != 0:
            raise RuntimeError((folder / "migrate.log").read_text())
    finally:
        migrate.stop()
