"""Collections take as many statements for a hundred rows as for one, and reading them makes no serializer at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.serializers import BaseSerializer

from accounts.models import Notification, User
from accounts.tests.api import Api
from wishlist_project.base.change import change
from wishlists.models import Activity, Contribution, Item, Member, Reservation, Wishlist

MANY = 100

Fill = Callable[[Item, User], None]


def an_item(item: Item, bob: User) -> None:
    """Taken by Bob, who also chipped in."""
    made = Item.objects.create(
        wishlist=item.wishlist, title="x", currency="EUR", units_taken=1, updated_at=timezone.now()
    )
    Reservation.objects.create(item=made, user=bob, currency="EUR")
    Contribution.objects.create(item=made, user=bob, currency="EUR", amount_minor=1)


def a_list(item: Item, bob: User) -> None:
    made = Wishlist.objects.create(owner=bob, tenant=bob.tenant, title="x", updated_at=timezone.now())
    Member.objects.create(wishlist=made, user=bob, role="owner", is_recipient=True)


def a_giver(item: Item, bob: User) -> None:
    """Let in, holds a unit, and chipped in."""
    giver = User.objects.create(email=f"{uuid4()}@example.org", display_name="x")
    Member.objects.create(wishlist=item.wishlist, user=giver, role="viewer")
    Reservation.objects.create(item=item, user=giver, currency="EUR")
    Contribution.objects.create(item=item, user=giver, currency="EUR", amount_minor=1)


def a_row_of_the_log(item: Item, bob: User) -> None:
    Activity.objects.create(
        wishlist=item.wishlist, item=item, user=bob, kind="item_reserved", circle="givers"
    )


def a_notification(item: Item, bob: User) -> None:
    Notification.objects.create(user=bob, kind="wishlist_shared", title="x")


COLLECTIONS: dict[str, tuple[str, Fill]] = {
    "lists": ("/wishlists", a_list),
    "a page of lists": ("/wishlists?page=1&page_size=200", a_list),
    "items": ("/wishlists/{wishlist}/items", an_item),
    "a page of items": ("/wishlists/{wishlist}/items?page=1&page_size=200", an_item),
    "my reservations": ("/reservations", an_item),
    "reservations of an item": ("/wishlists/{wishlist}/items/{item}/reservations", a_giver),
    "contributions": ("/wishlists/{wishlist}/items/{item}/contributions", a_giver),
    "log": ("/wishlists/{wishlist}/activity", a_row_of_the_log),
    "shares": ("/wishlists/{wishlist}/shares", a_giver),
    "notifications": ("/notifications", a_notification),
}


def read(api: Api, path: str) -> tuple[int, int]:
    """How many statements it took, and how many rows came."""
    with CaptureQueriesContext(connection) as captured:
        answer = api("GET", path).json()
    return len(captured), len(answer["contributions"] if isinstance(answer, dict) else answer)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_as_many_statements_for_a_hundred_rows_as_for_one(
    name: str, as_alice: Api, as_bob: Api, bob: User, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, fill = COLLECTIONS[name]
    path = address.format(wishlist=item.wishlist_id, item=item.pk)
    api = as_alice if name == "shares" else as_bob
    Item.objects.filter(pk=item.pk).update(quantity=None, cap=None, units_taken=MANY)
    fill(item, bob)
    statements, rows = read(api, path)
    with change():
        for _ in range(MANY):
            fill(item, bob)
    made: list[Any] = []
    monkeypatch.setattr(BaseSerializer, "__init__", lambda self, *args, **kwargs: made.append(self))
    assert read(api, path) == (statements, rows + MANY)
    assert not made


def test_reading_one_thing(as_bob: Api, bob: User, item: Item) -> None:
    """Who asks, what they may see, what it is, and who holds it."""
    an_item(item, bob)
    [row] = [
        row for row in as_bob("GET", f"/wishlists/{item.wishlist_id}/items").json() if row["title"] == "x"
    ]
    with CaptureQueriesContext(connection) as captured:
        as_bob("GET", f"/items/{row['id']}")
    assert len(captured) <= 4
