"""Makes what tests of lists and of all above need: items as somebody sees them, and reservations."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from tests.support.api_clients import Api
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import reserve_item


def seen_by(user: User, item: Item) -> Item:
    """The item with its list as that person's request would read it."""
    return Item.objects.get(pk=item.pk)


def take(item: Item, user: User, units: int = 1) -> Reservation:
    return reserve_item(item=seen_by(user, item), by=Viewer(user=user), units=units)


def widen(item: Item, quantity: int | None, alice: User) -> Item:
    return edit_item(item=seen_by(alice, item), by=Viewer(user=alice), quantity=quantity)


def put(api: Api, wishlist_id: Any, *people: User, **more: Any) -> Any:
    return api(
        "PUT", f"/wishlists/{wishlist_id}/recipients", {"user_ids": [str(p.pk) for p in people]} | more
    )


def take_as_guest(item: Item) -> None:
    item = Item.objects.get(pk=item.pk)
    guest = join_guest(wishlist=item.wishlist, name="Grandma")
    reserve_item(item=item, by=Viewer(guest=guest, by_link=True))
