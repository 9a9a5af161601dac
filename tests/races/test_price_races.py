"""A price and its currency are checked and written together, even if both change at the same moment."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection

from accounts.models import User
from core.db.change import change
from tests.support.api_clients import Api
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.locking import lock_item


def as_read(item: Item, user: User) -> Item:
    return Item.objects.get(pk=item.pk)


@pytest.mark.django_db
def test_price_keeps_the_currency_of_its_minor_units(item: Item, alice: User) -> None:
    """49.90 EUR are 4990 in minor units. As yen that would be a hundred times as much."""
    read = as_read(item, alice)
    edit_item(item=as_read(item, alice), by=Viewer(user=alice), currency="JPY", price_minor=6000)
    edit_item(item=read, by=Viewer(user=alice), price_minor=5990)
    item.refresh_from_db()
    assert (item.price_minor, item.currency) == (5990, "EUR")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("price", "status", "minor"), [(500.5, 400, 7), (500, 200, 500)])
def test_price_without_a_currency_is_checked_in_the_current_currency(
    as_alice: Api, item: Item, price: float, status: int, minor: int
) -> None:
    """While the request waits for the lock, the item's currency becomes one without decimals."""
    locked, statuses = Event(), []

    def ask() -> None:
        locked.wait(10)
        statuses.append(as_alice("PATCH", f"/items/{item.pk}", {"price": price}).status_code)
        connection.close()

    asking = Thread(target=ask)
    asking.start()
    with change():
        held = lock_item(item)
        held.currency, held.price_minor = "JPY", 7
        held.save(update_fields=["currency", "price_minor"])
        locked.set()
        asking.join(0.3)
        assert asking.is_alive(), "it waits"
    asking.join(20)
    item.refresh_from_db()
    assert (statuses, item.price_minor, item.currency) == ([status], minor, "JPY")
