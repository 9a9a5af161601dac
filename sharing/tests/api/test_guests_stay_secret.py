"""People become guests by giving. So nothing that an owner reads may tell a guest from a person who only looked."""

from __future__ import annotations

import pytest

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from sharing.services.links import make_link
from tests.support.api_clients import Api
from wishlists.models import Activity, Guest, Item, Wishlist

RESERVE = {"reservation_status": "reserved", "guest_name": "Grandma"}


def views(as_alice: Api, wishlist: Wishlist) -> int:
    return int(as_alice("GET", f"/wishlists/{wishlist.pk}/public-link").json()["view_count"])


@pytest.mark.parametrize("gives", [False, True])
def test_second_view_is_counted_for_guests_and_for_others(
    gives: bool, anybody: Api, as_alice: Api, wishlist: Wishlist, item: Item, alice: User
) -> None:
    token = link_token(make_link(wishlist=wishlist, by=alice, max_views=5)[0])
    known = {}
    assert anybody("GET", f"/public/wishlists?token={token}").status_code == 200
    if gives:
        answer = anybody("PATCH", f"/public/wishlists/items/{item.pk}?token={token}", RESERVE).json()
        known = {"headers": {"x-manage-token": answer["manage_token"]}}
    assert anybody("GET", f"/public/wishlists?token={token}", **known).status_code == 200
    assert views(as_alice, wishlist) == 2


@pytest.mark.parametrize("gives", [False, True])
def test_later_limit_counts_guests_like_others(
    gives: bool, anybody: Api, as_alice: Api, wishlist: Wishlist, item: Item, link: PublicLink, token: str
) -> None:
    if gives:
        anybody.client.post(f"/s/{token}/items/{item.pk}", {"action": "reserve", "name": "Grandma"})
    as_alice("POST", f"/wishlists/{wishlist.pk}/public-link", {"max_views": 5})
    seen = anybody.client.get(f"/s/{token}").text
    assert "Kettle" not in seen
    assert anybody.client.post(f"/s/{token}/open").status_code == 303
    assert "Kettle" in anybody.client.get(f"/s/{token}").text
    assert views(as_alice, wishlist) == 1


def test_activity_does_not_name_a_guest_who_suggests(anybody: Api, item: Item, token: str) -> None:
    anybody.client.post(f"/s/{token}/items/{item.pk}", {"action": "reserve", "name": "Grandma"})
    assert Guest.objects.count() == 1
    assert anybody.client.post(f"/s/{token}/suggest", {"title": "Tea"}).status_code == 303
    rows = Activity.objects.exclude(circle=Activity.Circle.GIVERS)
    assert rows.filter(kind="suggestion_added").count() == 1
    assert not rows.exclude(guest=None).exists()
