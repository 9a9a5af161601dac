"""What the OpenAPI document says of answers is what the projections make: names, their order, and their types."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.support.api_clients import Api
from wishlists.api.serializers.items import ItemSerializer
from wishlists.api.serializers.money import ContributionsSerializer
from wishlists.api.serializers.people import ShareSerializer
from wishlists.api.serializers.reservations import ReservationSerializer
from wishlists.api.serializers.wishlists import (
    ActivitySerializer,
    CountedWishlistSerializer,
    DeleteImpactSerializer,
    WishlistSerializer,
)
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Sight
from wishlists.projections.items import project_items
from wishlists.tests.shapes import agrees


@pytest.mark.parametrize("sight", list(Sight))
def test_items(sight: Sight, wishlist: Wishlist, item: Item) -> None:
    [row] = project_items(Item.objects.filter(pk=item.pk), wishlist, sight)
    agrees(row, ItemSerializer)


def test_answers(as_alice: Api, as_bob: Api, wishlist: Wishlist, item: Item) -> None:
    path, reservations = f"/wishlists/{wishlist.pk}", f"/wishlists/{wishlist.pk}/items/{item.pk}"
    agrees(as_bob("GET", path).json(), WishlistSerializer)
    agrees(as_bob("GET", "/wishlists").json()[0], CountedWishlistSerializer)
    agrees(as_bob("GET", f"/items/{item.pk}").json(), ItemSerializer)
    agrees(as_bob("POST", f"{reservations}/reservations").json(), ReservationSerializer)
    agrees(as_bob("GET", f"{reservations}/reservations").json()[0], ReservationSerializer)
    agrees(as_bob("POST", f"{reservations}/contributions", {"amount": 1}).json(), ItemSerializer)
    agrees(as_bob("GET", f"{reservations}/contributions").json(), ContributionsSerializer)
    agrees(as_bob("GET", f"{path}/activity").json()[0], ActivitySerializer)
    agrees(as_alice("GET", f"{path}/shares").json()[0], ShareSerializer)
    agrees(as_alice("GET", f"{path}/delete-impact").json(), DeleteImpactSerializer)


def test_what_the_public_gets_has_the_same_shape(
    as_bob: Api, as_charlie: Api, item: Item, charlie: User
) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(is_public=True)
    path = f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations"
    as_bob("POST", path)
    agrees(as_charlie("GET", path).json()[0], ReservationSerializer)
    agrees(as_charlie("GET", f"/items/{item.pk}").json(), ItemSerializer)


def test_what_an_unidentified_browser_gets_has_the_same_shape(api: Api, item: Item) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(guests_identify=True)
    seen = project_items(Item.objects.filter(pk=item.pk), item.wishlist, Sight.HIDDEN)
    agrees(seen[0], ItemSerializer)


def test_there_is_no_audience_without_a_case() -> None:
    assert set(Audience) == {Audience.RECIPIENT, Audience.GIVER, Audience.PUBLIC, Audience.VISITOR}
