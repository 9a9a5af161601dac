"""The nemesis's own servers, with Alice's list, Bob as a member, and a link for everybody."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.nemesis.actors.victims import Victim, alive, server, service
from tests.support.running.servers import prepared_postgresql, prepared_redis
from tests.support.running.site import manage
from tests.support.socket_client import NO_TLS

PUSHING = "tests.nemesis.actors.pushing:application"
"""The control: payloads are pushed, and no event is read from the database."""

HEADS = "SELECT key, head FROM realtime_stream"

Heads = dict[str, int]


@dataclass(frozen=True)
class World:
    """`victims` may be killed and frozen one at a time. If there are several `sites`, one of them is always up."""

    victims: list[Victim]
    sites: list[str]
    heads: Callable[[], Heads]

    def victim(self, name: str) -> Victim:
        return next(victim for victim in self.victims if victim.name == name)


@contextmanager
def world_of_services(folder: Path, *, application: str | None = None, **variables: str) -> Iterator[World]:
    """Two server processes with PostgreSQL and Redis. `application` replaces ours."""
    with ExitStack() as stack:
        postgresql = stack.enter_context(prepared_postgresql())
        redis = stack.enter_context(prepared_redis())
        victims = [service("PostgreSQL", postgresql), service("Redis", redis)]
        for victim in victims:
            stack.enter_context(alive(victim))
        own = {"DATABASE_URL": postgresql.url, "REDIS_URL": redis.url} | _own(folder) | variables
        servers, sites = _servers(stack, folder, own, 2, application)
        yield World(victims + servers, sites, lambda: _heads_of_postgresql(postgresql.url))


@contextmanager
def embedded_world(folder: Path, *, application: str | None = None, **variables: str) -> Iterator[World]:
    """One process with SQLite, and nothing else."""
    file = folder / "nemesis.sqlite3"
    with ExitStack() as stack:
        own = {"DATABASE_URL": f"sqlite:///{file}", "REDIS_URL": ""} | _own(folder) | variables
        servers, sites = _servers(stack, folder, own, 1, application)
        yield World(servers, sites, lambda: _heads_of_sqlite(file))


def _own(folder: Path) -> dict[str, str]:
    return {
        "DATA_DIR": str(folder / "data"),
        "ENV_FILE": os.devnull,
        "EMBEDDED_JOBS": "0",
        "CHANNEL_PREFIX": "nemesis",
        # The suite commits without waiting for the disk, but durability is what this tests.
        "PGOPTIONS": "",
    }


def _servers(
    stack: ExitStack, folder: Path, variables: dict[str, str], number: int, application: str | None
) -> tuple[list[Victim], list[str]]:
    done = manage("migrate", "--verbosity", "0", **variables)
    assert done.returncode == 0, done.stderr
    made = [
        server(f"server {n}", folder / f"server-{n}", variables, application) for n in range(1, number + 1)
    ]
    return [stack.enter_context(alive(victim)) for victim, _ in made], [url for _, url in made]


def _heads_of_postgresql(url: str) -> Heads:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return dict(connection.execute(HEADS).fetchall())


def _heads_of_sqlite(file: Path) -> Heads:
    connection = sqlite3.connect(file)
    try:
        return dict(connection.execute(HEADS).fetchall())
    finally:
        connection.close()


@dataclass(frozen=True)
class Cast:
    """Tokens and ids, as a client gets them from the API alone."""

    alice: str
    bob: str
    link: str
    wishlist: str
    items: list[str]

    def fresh(self, site: str, audience: str) -> list[dict[str, Any]]:
        """Return the items as that audience reads them now."""
        with httpx.Client(base_url=f"{site}/api/v1", trust_env=False, verify=NO_TLS, timeout=30) as client:
            if audience == "public":
                shown = client.get("/public/wishlists", params={"token": self.link}).raise_for_status().json()
                return list(shown["items"])
            token = self.alice if audience == "recipient" else self.bob
            path = f"/wishlists/{self.wishlist}/items"
            return list(client.get(path, headers=bearer(token)).raise_for_status().json())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def settle(site: str, *, items: int) -> Cast:
    """Create Alice's list, with Bob as a member and a link."""
    with httpx.Client(base_url=f"{site}/api/v1", trust_env=False, verify=NO_TLS, timeout=30) as client:

        def post(path: str, token: str | None = None, **body: object) -> dict[str, Any]:
            headers = bearer(token) if token else {}
            return dict(client.post(path, json=body, headers=headers).raise_for_status().json())

        alice, bob = (
            post("/auth/register", email=f"{name}@example.com", password="correct horse", display_name=name)[
                "access_token"
            ]
            for name in ("Alice", "Bob")
        )
        made = post("/wishlists", alice, title="Alice's birthday")["id"]
        post(f"/wishlists/{made}/shares", alice, email="Bob@example.com", role="viewer")
        link = post(f"/wishlists/{made}/public-link", alice)["token"]
        ids = [post(f"/wishlists/{made}/items", alice, title=f"Wish {n}")["id"] for n in range(items)]
        return Cast(alice, bob, link, made, ids)
