"""Revocation takes effect within a bound (G8), with Redis running and with Redis frozen. Afterwards no further frame
arrives, while the list keeps changing."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.nemesis.actors.victims import Victim, alive, service
from tests.nemesis.actors.world import Cast, bearer, settle
from tests.support.plugin import unavailable
from tests.support.running.live import OpenSocket
from tests.support.running.servers import CannotStart, prepared_redis
from tests.support.running.site import Site, running_site, shared_database_url
from tests.support.socket_client import NO_TLS, SocketClient

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]

WITH_REDIS, WITHOUT_REDIS = 5.0, 60.0
WATCHED = 5
"""The number of changes after the end, which all other sockets get."""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[Victim, str]]:
    try:
        with prepared_redis() as recipe, alive(service("Redis", recipe)) as victim:
            yield victim, recipe.url
    except CannotStart as reason:
        unavailable(str(reason))


@pytest.fixture
def own_site(transactional_db: None, redis: tuple[Victim, str], tmp_path: Path) -> Iterator[Site]:
    """A site that looks for events and checks access at the default intervals."""
    variables = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}
    with running_site(tmp_path / "log", variables=variables | {"REDIS_URL": redis[1]}) as site:
        yield site


@dataclass(frozen=True)
class Withdrawal:
    """A socket, and the request that withdraws its access."""

    ws: SocketClient
    method: str
    path: str
    body: dict[str, str]
    end: int


@pytest.mark.parametrize(("frozen", "seconds"), [(False, WITH_REDIS), (True, WITHOUT_REDIS)])
def test_nobody_gets_a_frame_after_access_was_withdrawn(
    connect: OpenSocket, own_site: Site, redis: tuple[Victim, str], frozen: bool, seconds: float
) -> None:
    cast = settle(own_site.url, items=1)
    with httpx.Client(
        base_url=f"{own_site.url}/api/v1", trust_env=False, verify=NO_TLS, timeout=30
    ) as client:
        withdrawals = opened(connect, own_site, cast, client)
        other = following(connect, own_site, cast.alice, cast)
        if frozen:
            redis[0].freeze()
        with changing(own_site, cast):
            for withdrawal in withdrawals:
                request = client.request(
                    withdrawal.method, withdrawal.path, json=withdrawal.body, headers=bearer(cast.alice)
                )
                assert request.status_code == 204, request.text
            withdrawn = time.monotonic()
            assert [ended(withdrawal.ws, withdrawn + seconds) for withdrawal in withdrawals] == [
                withdrawal.end for withdrawal in withdrawals
            ]
        for number in range(WATCHED):
            rename(client, cast, f"Late {number}")
        assert [
            title for title in titles_until(other, f"Late {WATCHED - 1}") if title.startswith("Late")
        ] == [f"Late {number}" for number in range(WATCHED)]
        # The other sockets are closed. Bob's stays open, because he may follow other lists.
        assert withdrawals[0].ws.ask("ping")["event"] == "pong"


def opened(connect: OpenSocket, site: Site, cast: Cast, client: httpx.Client) -> list[Withdrawal]:
    """Open three sockets: Bob will be removed, the link revoked, and Dora logged out."""
    dora = client.post(
        "/auth/register",
        json={"email": "dora@example.com", "password": "correct horse", "display_name": "Dora"},
    ).json()
    shares = f"/wishlists/{cast.wishlist}/shares"
    body = {"email": "dora@example.com", "role": "viewer"}
    client.post(shares, json=body, headers=bearer(cast.alice)).raise_for_status()
    bob_id = client.get("/users/me", headers=bearer(cast.bob)).raise_for_status().json()["id"]
    by_link = connect(to=site)
    assert by_link.ask("subscribe_public", public_token=cast.link)["event"] == "subscribed"
    logout = {"refresh_token": dora["refresh_token"]}
    return [
        Withdrawal(following(connect, site, cast.bob, cast), "DELETE", f"{shares}/{bob_id}", {}, 4403),
        Withdrawal(by_link, "DELETE", f"/wishlists/{cast.wishlist}/public-link", {}, 4410),
        Withdrawal(
            following(connect, site, dora["access_token"], cast), "POST", "/auth/logout", logout, 4401
        ),
    ]


def following(connect: OpenSocket, site: Site, token: str, cast: Cast) -> SocketClient:
    ws = connect(to=site)
    assert ws.ask("auth", access_token=token)["event"] == "authenticated"
    assert ws.ask("subscribe", wishlist_id=cast.wishlist)["event"] == "subscribed"
    return ws


def rename(client: httpx.Client, cast: Cast, title: str) -> None:
    path = f"/wishlists/{cast.wishlist}/items/{cast.items[0]}"
    client.patch(path, json={"title": title}, headers=bearer(cast.alice)).raise_for_status()


@contextmanager
def changing(site: Site, cast: Cast) -> Iterator[None]:
    """Keep changing the list, so that there is always an event to send."""
    enough = threading.Event()

    def change() -> None:
        with httpx.Client(
            base_url=f"{site.url}/api/v1", trust_env=False, verify=NO_TLS, timeout=30
        ) as client:
            for number in itertools.count():
                rename(client, cast, f"Kettle {number}")
                if enough.wait(0.05):
                    return

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def ended(ws: SocketClient, deadline: float) -> int | None:
    """Return the close code of the list or of the socket, if it ended in time."""
    try:
        while (left := deadline - time.monotonic()) > 0:
            frame = ws.next(seconds=left)
            if frame["event"] == "unsubscribed" and not frame.get("public"):
                code = int(frame["code"])
                return code if code == 4403 else ws.closed()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    except TimeoutError:
        pass
    return None


def titles_until(ws: SocketClient, last: str) -> list[str]:
    titles = [""]
    while titles[-1] != last:
        titles.append(ws.next().get("item", {}).get("title", ""))
    return titles
