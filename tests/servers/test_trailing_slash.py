"""A trailing slash changes nothing, on any route and with any method (docs/contract.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from accounts.models import User
from core.http import clean_requests
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.support.api_clients import logged_in
from tests.twin_worlds.routes import all_routes, methods_of
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.once

ASYNCHRONOUS = {"health", "api/v1/metadata"}
"""Not tested inside the transaction, because they use the database from another thread."""
ROUTES = sorted(all_routes() - ASYNCHRONOUS - {""})
NOBODY = UUID(int=0)


@pytest.fixture
def names(wishlist: Wishlist, item: Item, alice: User, bob: User) -> dict[str, Any]:
    link = make_link(wishlist=wishlist, by=alice)[0]
    return {
        "wishlist_id": wishlist.pk,
        "item_id": item.pk,
        "user_id": bob.pk,
        "token": link_token(link),
        "who": "guest",
        "name": "none",
        "rest": "nothing",
    }


def statuses(clients: dict[bool, Client], route: str, address: str) -> dict[str, tuple[int, str]]:
    """Return the statuses of each method of the route, and of an unknown one. Each effect is rolled back."""
    is_api = route.startswith("api/v1")
    methods = methods_of(route.removeprefix("api/v1").removeprefix("/")) if is_api else ("GET", "POST")
    found = {}
    for method in (*methods, "PURGE"):
        with transaction.atomic():
            answer = clients[is_api].generic(method, address, "{}", "application/json")
            transaction.set_rollback(True)
        found[method] = (answer.status_code, answer.get("Location", ""))
    return found


def differing(routes: Iterable[str], names: dict[str, Any], alice: User) -> set[str]:
    """Return the routes that answer differently with a slash."""
    token = logged_in(alice)["access_token"]
    clients = {True: Client(headers={"authorization": f"Bearer {token}"}), False: Client()}
    found = set()
    for route in routes:
        address = "/" + re.sub(r"{(\w+)}", lambda name: str(names.get(name[1], NOBODY)), route)
        if statuses(clients, route, address) != statuses(clients, route, f"{address}/"):
            found.add(route)
    return found


def test_trailing_slash_is_ignored_on_every_route(
    names: dict[str, Any], alice: User, settings: LazySettings
) -> None:
    settings.RATE_LIMITS = False  # the second request with a wrong password would have to wait
    assert len(ROUTES) > 140
    assert differing(ROUTES, names, alice) == set()


def test_control_trailing_slash_matters_without_the_rule(
    names: dict[str, Any], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clean_requests, "_drop_slash", lambda request: None)
    some = {"docs", "login", "api/v1/auth/me", "api/v1/wishlists", "api/schema"}
    assert differing(some, names, alice) == some


@pytest.mark.parametrize(("route", "status"), [("health", 405), ("api/v1/metadata", 401)])
def test_trailing_slash_is_ignored_on_async_views(route: str, status: int) -> None:
    """Neither accepts POST, so nothing is fetched or read from the database."""
    assert [Client().post(f"/{route}{end}").status_code for end in ("", "/", "//")] == [status, status, 404]


def test_two_slashes_get_404_and_the_admin_keeps_its_slash(db: None) -> None:
    assert Client().get("/docs//").status_code == 404
    assert Client().get("/admin/login/")["Location"] == "/login?next=/admin/login/"
