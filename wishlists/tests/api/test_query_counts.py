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
from tests.support.api_clients import Api
from wishlists.models import Activity, Contribution, Item, Member, Reservation, Wishlist

pytestmark = pytest.mark.both

MANY = 100

Fill = Callable[[Item, User, int], None]
"""Makes so many rows, and tells no socket of them, which would take longer than all the rest."""


def items(item: Item, bob: User, count: int) -> None:
    """Taken by Bob, who also chipped in."""
    made = Item.objects.bulk_create(
        Item(wishlist=item.wishlist, title="x", currency="EUR", units_taken=1, updated_at=timezone.now())
        for _ in range(count)
    )
    Reservation.objects.bulk_create(Reservation(item=one, user=bob, currency="EUR") for one in made)
    Contribution.objects.bulk_create(
        Contribution(item=one, user=bob, currency="EUR", amount_minor=1) for one in made
    )


def lists(item: Item, bob: User, count: int) -> None:
    made = Wishlist.objects.bulk_create(
        Wishlist(owner=bob, tenant=bob.tenant, title="x", updated_at=timezone.now()) for _ in range(count)
    )
    Member.objects.bulk_create(
        Member(wishlist=one, user=bob, role="owner", is_recipient=True) for one in made
    )


def givers(item: Item, bob: User, count: int) -> None:
    """Let in, hold a unit, and chipped in."""
    made = User.objects.bulk_create(
        User(email=f"{uuid4()}@example.org", display_name="x", tenant=bob.tenant) for _ in range(count)
    )
    Member.objects.bulk_create(Member(wishlist=item.wishlist, user=one, role="viewer") for one in made)
    Reservation.objects.bulk_create(Reservation(item=item, user=one, currency="EUR") for one in made)
    Contribution.objects.bulk_create(
        Contribution(item=item, user=one, currency="EUR", amount_minor=1) for one in made
    )


def rows_of_the_log(item: Item, bob: User, count: int) -> None:
    Activity.objects.bulk_create(
        Activity(wishlist=item.wishlist, item=item, user=bob, kind="item_reserved", circle="givers")
        for _ in range(count)
    )


def notifications(item: Item, bob: User, count: int) -> None:
    Notification.objects.bulk_create(
        Notification(user=bob, kind="wishlist_shared", title="x") for _ in range(count)
    )


COLLECTIONS: dict[str, tuple[str, Fill]] = {
    "lists": ("/wishlists", lists),
    "a page of lists": ("/wishlists?page=1&page_size=200", lists),
    "items": ("/wishlists/{wishlist}/items", items),
    "a page of items": ("/wishlists/{wishlist}/items?page=1&page_size=200", items),
    "my reservations": ("/reservations", items),
    "reservations of an item": ("/wishlists/{wishlist}/items/{item}/reservations", givers),
    "contributions": ("/wishlists/{wishlist}/items/{item}/contributions", givers),
    "log": ("/wishlists/{wishlist}/activity", rows_of_the_log),
    "shares": ("/wishlists/{wishlist}/shares", givers),
    "notifications": ("/notifications", notifications),
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
    fill(item, bob, 1)
    statements, rows = read(api, path)
    fill(item, bob, MANY)
    Item.objects.get(
        pk=item.pk
    ).save()  # a row whose sockets are told, for what is remembered of a list ends with it
    made: list[Any] = []
    monkeypatch.setattr(BaseSerializer, "__init__", lambda self, *args, **kwargs: made.append(self))
    assert read(api, path) == (statements, rows + MANY)
    assert not made


def test_reading_one_thing(as_bob: Api, bob: User, item: Item) -> None:
    """Who asks, what they may see, what it is, and who holds it."""
    items(item, bob, 1)
    [row] = [
        row for row in as_bob("GET", f"/wishlists/{item.wishlist_id}/items").json() if row["title"] == "x"
    ]
    with CaptureQueriesContext(connection) as captured:
        as_bob("GET", f"/items/{row['id']}")
    assert len(captured) <= 4
