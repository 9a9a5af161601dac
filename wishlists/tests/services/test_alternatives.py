"""Alternatives: reserving one closes the others to new givers, and recipients may always change the group."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.queries.revisions import revision_of
from wishlists.services.lists.alternatives import group_item
from wishlists.services.lists.items import add_item
from wishlists.services.lists.people import share_wishlist
from wishlists.services.reserving import change_reservation
from wishlists.tests.factories import seen_by, take


@pytest.fixture
def pot(item: Item, wishlist: Wishlist, alice: User, dora: User) -> Item:
    """An alternative to the kettle, with a quantity of two. Dora is a member, too."""
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    made = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot", quantity=2)
    group_item(item=seen_by(alice, made), by=Viewer(user=alice), other=seen_by(alice, item))
    item.refresh_from_db()
    made.refresh_from_db()
    assert item.choice == made.choice is not None
    return made


def path(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}"


def free(api: Api, item: Item) -> tuple[str, int | None]:
    row = api("GET", path(item)).json()
    return row["reservation_status"], row["units_free"]


def test_reserving_one_closes_the_others(as_bob: Api, as_dora: Api, item: Item, pot: Item) -> None:
    assert as_bob("PATCH", path(pot), {"reservation_status": "reserved"}).status_code == 200
    assert free(as_dora, item) == ("reserved", 0)
    assert free(as_dora, pot) == ("available", 1)
    lost = as_dora("PATCH", path(item), {"reservation_status": "reserved"})
    assert refused(lost) == (409, "reservation_conflict")
    assert (lost.json()["current_item"]["units_free"], lost.json()["current_item"]["reserved_by_id"]) == (
        0,
        None,
    )
    assert refused(as_dora("POST", f"{path(item)}/reservations")) == (409, "reservation_conflict")
    assert refused(as_dora("PATCH", path(item), {"reservation_status": "available"})) == (403, "not_holder")
    assert as_dora("PATCH", path(pot), {"reservation_status": "purchased"}).status_code == 200


def test_releasing_the_last_one_opens_the_others(as_bob: Api, as_dora: Api, item: Item, pot: Item) -> None:
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    as_dora("PATCH", path(pot), {"reservation_status": "reserved"})
    as_bob("PATCH", path(pot), {"reservation_status": "available"})
    assert free(as_bob, item) == ("reserved", 0)
    as_dora("PATCH", path(pot), {"reservation_status": "available"})
    assert free(as_bob, item) == ("available", 1)
    assert as_bob("PATCH", path(item), {"reservation_status": "reserved"}).status_code == 200
    assert free(as_bob, pot) == ("reserved", 0)


def test_unlimited_alternative_is_closed_too(
    as_bob: Api, as_dora: Api, as_alice: Api, item: Item, pot: Item
) -> None:
    as_alice("PATCH", path(pot), {"quantity": None})
    as_bob("PATCH", path(item), {"reservation_status": "reserved"})
    assert free(as_dora, pot) == ("reserved", 0)


@pytest.mark.parametrize(
    ("policy", "seen"), [("surprise", "available"), ("status", "reserved"), ("open", "reserved")]
)
def test_recipients_see_closed_items_if_the_policy_allows(
    policy: str, seen: str, as_alice: Api, as_bob: Api, item: Item, pot: Item
) -> None:
    """They always see the group. Whether an item looks closed follows the policy."""
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy=policy)
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    row = as_alice("GET", path(item)).json()
    assert (row["reservation_status"], row["choice"]) == (seen, str(item.choice))


def test_group_can_be_changed_while_items_are_taken(
    as_alice: Api, as_bob: Api, as_dora: Api, bob: User, item: Item, pot: Item
) -> None:
    """Both items are taken, ungrouped and grouped again. Both givers keep theirs, and neither can take more."""
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    loose = as_alice("PATCH", path(item), {"choice": None})
    assert (loose.status_code, loose.json()["choice"]) == (200, None)
    as_dora("PATCH", path(item), {"reservation_status": "reserved"})
    assert as_alice("PATCH", path(item), {"choice": str(pot.choice)}).status_code == 200
    assert free(as_dora, item) == ("reserved", 0)
    assert free(as_dora, pot) == ("reserved", 0)
    mine = as_bob("GET", "/reservations").json()[0]["id"]
    assert refused(as_bob("PATCH", f"/reservations/{mine}", {"units": 2})) == (409, "reservation_conflict")
    assert as_bob("PATCH", f"/reservations/{mine}", {"stage": "given"}).status_code == 200
    assert Reservation.objects.active().count() == 2


def test_removing_a_taken_alternative_opens_the_others(
    as_alice: Api, as_bob: Api, as_dora: Api, item: Item, pot: Item
) -> None:
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    assert as_alice("DELETE", path(pot)).status_code == 204
    assert free(as_dora, item) == ("available", 1)


def test_recipient_gets_the_same_answers_taken_or_not(
    as_alice: Api, as_bob: Api, item: Item, pot: Item
) -> None:
    """Covers everything that a recipient can do to a group."""

    def answers() -> list[Any]:
        changed = [
            as_alice("PATCH", path(item), {"choice": str(uuid4())}),
            as_alice("PATCH", path(item), {"choice": str(pot.choice), "quantity": 3}),
            as_alice("GET", f"/wishlists/{item.wishlist_id}/items"),
        ]
        undone = as_alice("PATCH", path(item), {"quantity": 1})
        rows = [
            row
            for answer in changed
            for row in (answer.json() if type(answer.json()) is list else [answer.json()])
        ]
        return [undone.status_code, *(row | {"updated_at": None, "choice": None} for row in rows)]

    before = answers()
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    assert answers() == before


def test_only_editors_change_a_group(as_bob: Api, as_alice: Api, item: Item, pot: Item) -> None:
    assert refused(as_bob("PATCH", path(item), {"choice": None})) == (403, "editor_only")
    assert refused(as_alice("PATCH", path(item), {"choice": "kettles"})) == (400, "invalid_input")


def test_same_choice_on_two_lists_is_not_a_group(as_alice: Api, as_bob: Api, item: Item, pot: Item) -> None:
    other = as_alice("POST", "/wishlists", {"title": "Other", "is_public": True}).json()["id"]
    twin = as_alice("POST", f"/wishlists/{other}/items", {"title": "Twin", "choice": str(item.choice)}).json()
    as_bob("PATCH", f"/items/{twin['id']}", {"reservation_status": "reserved"})
    assert free(as_bob, item) == ("available", 1)


@pytest.mark.parametrize("policy", ["surprise", "status", "open"])
def test_secret_alternative_does_not_close_open_items(
    policy: str, as_alice: Api, as_bob: Api, as_dora: Api, item: Item, pot: Item
) -> None:
    """Otherwise recipients and the public would see a closed item that nobody took, and conclude that there is a secret
    one.
    """
    items = f"/wishlists/{item.wishlist_id}/items"
    secret = {"title": "Hush", "choice": str(item.choice), "secret": True}
    first, second = (as_bob("POST", items, secret).json()["id"] for _ in range(2))
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy=policy)
    before = [heads(item.wishlist), as_alice("GET", path(item)).json(), as_alice("GET", path(pot)).json()]
    assert as_bob("PATCH", f"{items}/{first}", {"reservation_status": "reserved"}).status_code == 200
    after = [heads(item.wishlist), as_alice("GET", path(item)).json(), as_alice("GET", path(pot)).json()]
    if policy != "open":
        assert after == before
    assert (free(as_dora, item), free(as_dora, pot)) == (("available", 1), ("available", 2))
    assert refused(as_dora("POST", f"{items}/{second}/reservations")) == (409, "reservation_conflict")
    assert as_dora("PATCH", path(pot), {"reservation_status": "reserved"}).status_code == 200


def heads(wishlist: Wishlist) -> list[str]:
    """Return the revisions of the list for recipients and for the public."""
    return [revision_of(wishlist.pk, audience) for audience in (Audience.RECIPIENT, Audience.PUBLIC)]


def test_third_alternative_joins_and_leaves(
    wishlist: Wishlist, alice: User, bob: User, item: Item, pot: Item
) -> None:
    pan = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pan")
    joined = group_item(item=seen_by(alice, pan), by=Viewer(user=alice), other=seen_by(alice, pot))
    assert joined.choice == pot.choice
    assert group_item(item=seen_by(alice, pan), by=Viewer(user=alice), other=None).choice is None


def test_own_reservation_does_not_close_the_item_for_its_holder(bob: User, pot: Item, item: Item) -> None:
    mine = take(pot, bob)
    assert change_reservation(reservation=mine, by=Viewer(user=bob), units=2).units == 2
