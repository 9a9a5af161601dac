"""Reads work while nobody can write: somebody else holds the database's write lock, and writers wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psycopg
import pytest
from django.db import connection

from accounts.models import User
from realtime.log import streams
from realtime.log.streams import UNMADE, append, inbox_key, position_of
from realtime.models import Stream
from tests.support.api_clients import logged_in
from tests.support.running.live import OpenSocket
from tests.support.running.site import Site, shared_database_url
from tests.support.socket_client import NO_TLS, SocketClient
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 1.0
"""How long a reader may wait at most."""
WRITERS = 12
"""More than the gate has slots."""
LOOKED_SECONDS = 1.5
PATIENCE = 30.0


@contextmanager
def written_by_somebody_else() -> Iterator[None]:
    """Hold SQLite's write lock, or on PostgreSQL locks of tables, so that nobody can write."""
    if connection.vendor == "sqlite":
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.close()
        return
    with psycopg.connect(shared_database_url()) as own:
        own.execute("LOCK TABLE realtime_stream, wishlists_wishlist, accounts_session IN EXCLUSIVE MODE")
        yield
        own.rollback()


@contextmanager
def writers(site: Site, token: str) -> Iterator[list[int]]:
    """Run many requests that create a list. Yields the list of their statuses, which is complete at the end."""
    answered: list[int] = []

    def write() -> None:
        answer = httpx.post(
            f"{site.url}/api/v1/wishlists",
            json={"title": "Mine"},
            headers={"authorization": f"Bearer {token}"},
            timeout=PATIENCE,
            verify=NO_TLS,
        )
        answered.append(answer.status_code)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield answered
    finally:
        for thread in threads:
            thread.join()


class Slowest:
    """Records the longest time of each kind of request."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[what] = max(time.monotonic() - began, self.seconds.get(what, 0))


def test_readers_do_not_wait_for_writers(
    site: Site, connect: OpenSocket, alice: User, wishlist: Wishlist
) -> None:
    """Pages, the API, events and sockets, also for streams that do not exist yet."""
    token = logged_in(alice)["access_token"]
    Stream.objects.all().delete()
    paths = ["/health", "/", "/login", "/lists", "/api/v1/users/me", "/api/v1/wishlists"]
    paths += [f"/api/v1/wishlists/{wishlist.pk}", f"/api/v1/wishlists/{wishlist.pk}/events"]
    slowest = Slowest()
    headers = {"authorization": f"Bearer {token}"}
    with ExitStack() as lock, ExitStack() as others:
        client = others.enter_context(
            httpx.Client(base_url=site.url, headers=headers, timeout=PATIENCE, verify=NO_TLS)
        )
        client.get("/health")
        lock.enter_context(written_by_somebody_else())
        answered = others.enter_context(writers(site, token))
        others.callback(lock.close)  # first, because the writers wait for it
        until = time.monotonic() + LOOKED_SECONDS
        ws: SocketClient | None = None
        while time.monotonic() < until:
            if ws is not None:
                ws.socket.close()  # a user may only have a few sockets at once
            for path in paths:
                with slowest.of(path):
                    assert client.get(path).status_code in (200, 302), path
            with slowest.of("socket"):
                ws = connect(f"/api/v1/ws?access_token={token}")
                ws.until("authenticated")
                ws.send("subscribe", wishlist_id=wishlist.pk)
                ws.until("subscribed")
        assert answered == []
    assert {what: took for what, took in slowest.seconds.items() if took > SECONDS} == {}
    assert answered == [201] * WRITERS
    add_item(wishlist=wishlist, by=Viewer(user=alice), title="Kettle")
    assert ws is not None
    [*_, resync] = ws.until("resync")  # the stream that could not be created now exists
    assert [item["title"] for item in resync["snapshot"]["items"]] == ["Kettle"]


def test_reader_of_a_new_stream_creates_it(alice: User) -> None:
    key = inbox_key(alice.pk)
    assert position_of(key) == position_of(key) != streams.Position(UNMADE, 0)


def test_reader_of_a_new_stream_does_not_wait_for_the_lock(alice: User) -> None:
    """The stream is empty. Once it is created, its epoch differs, so no event is missed."""
    key = inbox_key(alice.pk)
    Stream.objects.filter(key=key).delete()
    began = time.monotonic()
    with written_by_somebody_else():
        for _ in range(3):
            assert position_of(key) == streams.Position(UNMADE, 0)
    assert time.monotonic() - began < SECONDS
    append({key: [{"event": "told"}]})
    assert position_of(key).epoch != UNMADE


def test_control_reader_waits_with_a_longer_timeout(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAKING_SECONDS", SECONDS + 0.2)
    key = inbox_key(alice.pk)
    Stream.objects.filter(key=key).delete()
    began = time.monotonic()
    with written_by_somebody_else():
        position_of(key)
    assert time.monotonic() - began > SECONDS


@pytest.fixture(autouse=True)
def _try_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reset the pause after a failed attempt of another test."""
    monkeypatch.setattr(streams, "_make_again_at", 0.0)
