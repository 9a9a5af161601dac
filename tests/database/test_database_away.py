"""A server whose database becomes unreachable, freezes and comes back. `make nemesis` also kills PostgreSQL, and runs longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.db import connection, transaction

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.sockets.people import token_of
from tests.support.running.database_proxy import DatabaseProxy, database_proxy
from tests.support.running.site import Site, running_site, shared_database_url
from tests.support.socket_client import NO_TLS, SocketClient
from wishlists.models import Wishlist

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

BACK_SECONDS = 5.0
REFUSED_SECONDS = 10.0


@pytest.fixture
def ws(transactional_db: None) -> Iterator[DatabaseProxy]:
    with database_proxy(shared_database_url()) as made:
        yield made


@pytest.fixture
def site(ws: DatabaseProxy, tmp_path: Path) -> Iterator[Site]:
    own = {"DATABASE_URL": ws.url, "EMBEDDED_JOBS": "0", "DATABASE_STATEMENT_SECONDS": "1"}
    with running_site(tmp_path / "log", variables=own) as made:
        yield made


def test_unreachable_or_frozen_database_gets_503_until_it_returns(
    ws: DatabaseProxy, site: Site, wishlist: Wishlist, alice: User
) -> None:
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    token, path_of_link = token_of(alice), f"/s/{link_token(link)}"
    authorization = {"Authorization": f"Bearer {token}"}

    def get(path: str, kind: str = "application/json") -> httpx.Response:
        headers = authorization | {"Accept": kind}
        return httpx.get(site.url + path, headers=headers, timeout=60, trust_env=False, verify=NO_TLS)

    def lists() -> int:
        return get("/api/v1/wishlists").status_code

    def refused() -> None:
        """Check that the API, a page, `/health` and sockets are refused."""
        problem, page = get("/api/v1/wishlists"), get(path_of_link, "text/html")
        health = get("/health")
        assert (problem.status_code, page.status_code, health.status_code) == (503, 503, 503)
        assert problem.headers["Content-Type"] == "application/problem+json"
        assert problem.json()["code"] == "database_unavailable"
        assert page.headers["Content-Type"].startswith("text/html")
        assert "Traceback" not in page.text
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in (problem, page, health))
        for query in (f"access_token={token}", f"public_token={link_token(link)}"):
            with SocketClient(f"{site.url.replace('http', 'ws', 1)}/ws?{query}") as socket:
                assert socket.closed() == 4503

    assert lists() == 200
    ws.cut()
    eventually(lambda: get("/health").status_code == 503, REFUSED_SECONDS)
    refused()
    ws.mend()
    eventually(lambda: lists() == get("/health").status_code == 200, BACK_SECONDS)
    ws.freeze()
    started = time.monotonic()
    with ThreadPoolExecutor(12) as threads:
        assert {one.result() for one in [threads.submit(lists) for _ in range(12)]} == {503}
    assert time.monotonic() - started < REFUSED_SECONDS
    refused()
    ws.thaw()
    eventually(lambda: lists() == get("/health").status_code == 200, BACK_SECONDS)


def test_statements_of_requests_time_out_and_those_of_commands_do_not(
    site: Site, wishlist: Wishlist, alice: User
) -> None:
    """Somebody holds a lock for a long time. The database is slow but reachable, so other requests are answered."""
    headers = {"Authorization": f"Bearer {token_of(alice)}", "Accept": "application/json"}
    with httpx.Client(
        base_url=site.url, headers=headers, timeout=60, trust_env=False, verify=NO_TLS
    ) as client:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{Wishlist._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
            started = time.monotonic()
            refused = client.get("/api/v1/wishlists")
            assert time.monotonic() - started < REFUSED_SECONDS
            assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
            assert client.get("/health").status_code == 200
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
        assert client.get("/api/v1/wishlists").status_code == 200


def eventually(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
