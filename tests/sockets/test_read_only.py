"""A real server whose PostgreSQL becomes read-only, as after a failover to a standby, still reads and keeps sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from django.db import connection

from accounts.models import User
from tests.sockets.people import bearer, following, retitle, titles
from tests.support.running.live import OpenSocket, StartSite
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, SECONDS
from wishlists.models import Item, Wishlist

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@contextmanager
def read_only_for_others() -> Iterator[None]:
    """Make this test's database read-only for every connection but the test's own."""
    _turn("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        _turn("RESET default_transaction_read_only")


def _turn(setting: str) -> None:
    """End the open connections too, because a connection reads the setting only when it begins."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" {setting}')
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def health(site: Site) -> httpx.Response:
    return httpx.get(f"{site.url}/health", verify=NO_TLS, timeout=SECONDS)


def wait_for_health(site: Site, database: str) -> httpx.Response:
    """Until `/health` says `database`. Just after its connections were ended it may say that there is no database."""
    end = time.monotonic() + SECONDS
    while (answer := health(site)).json()["database"] != database:
        assert time.monotonic() < end, answer.text
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_reads_and_sockets_work_and_writes_get_503(
    server: str, start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    site = start_site(SERVER=server)
    own, before = bearer(bob), following(connect, bob, wishlist, to=site)
    lists, items = f"{site.url}/api/v1/wishlists", f"{site.url}/api/v1/wishlists/{wishlist.pk}/items"
    with httpx.Client(headers=own, verify=NO_TLS, trust_env=False, timeout=SECONDS) as client:
        with read_only_for_others():
            answer = wait_for_health(site, "read_only")
            assert (answer.status_code, answer.json()["status"]) == (503, "degraded")
            assert client.get(items).status_code == 200
            refused = client.post(lists, json={"title": "New"})
            assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
            assert (refused.json()["code"], "Retry-After" in refused.headers) == ("database_read_only", True)
            retitle(item, "Samovar")
            assert titles(before, "Samovar") == ["Samovar"]
            assert titles_after_subscribing(connect, bob, wishlist, item, site) == ["Teapot"]
        wait_for_health(site, "ok")
        assert client.post(lists, json={"title": "New"}).status_code == 201


def titles_after_subscribing(
    connect: OpenSocket, bob: User, wishlist: Wishlist, item: Item, site: Site
) -> list[str]:
    """Return the titles that a socket gets which was opened while nothing can be written."""
    ws = following(connect, bob, wishlist, to=site)
    retitle(item, "Teapot")
    return titles(ws, "Teapot")
