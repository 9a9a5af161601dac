"""Friends who have reserved gifts on each other's lists can delete their accounts at the same moment without a
deadlock."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from accounts.services.people import remove_user
from tests.races.storms import all_at_once
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.reserving import reserve_item

LEFT, STUCK = 204, 503

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def friends() -> list[User]:
    """Create eight people, each with a public list on which all the others have reserved."""
    people = [
        User.objects.create(email=f"{n}@example.org", display_name=f"Friend {n}", password="!")
        for n in range(8)
    ]
    for owner in people:
        wishlist = create_wishlist(owner=owner, title="Mine", is_public=True)
        item = add_item(wishlist=wishlist, by=Viewer(user=owner), title="Wine", quantity=8)
        for giver in people:
            if giver != owner:
                there = Item.objects.get(pk=item.pk)
                reserve_item(item=there, by=Viewer(user=giver))
    return people


def test_friends_delete_their_accounts_at_the_same_moment(friends: list[User]) -> None:
    def leave(index: int) -> int:
        try:
            remove_user(user=friends[index])
        except OperationalError:
            return STUCK
        finally:
            connection.close()
        return LEFT

    assert all_at_once(leave, len(friends)) == {LEFT: len(friends)}
    assert not Reservation.objects.active().exists()
    assert not Wishlist.objects.live().exists()
