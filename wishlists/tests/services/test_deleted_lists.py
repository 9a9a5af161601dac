"""A whole list goes: who paid is told to settle it, what was only pledged is free, and the owner notices nothing."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Notification, User
from accounts.services.people import remove_user
from tests.support.api_clients import Api
from wishlists.models import Contribution, Item, Member, Reservation, Wishlist


def told(user: User) -> list[tuple[str, dict[str, Any]]]:
    rows = Notification.objects.filter(user=user).exclude(kind="wishlist_shared").order_by("created_at", "pk")
    return [(row.kind, row.payload) for row in rows]


@pytest.fixture
def given(as_bob: Api, item: Item) -> str:
    """Bob's: five pledged and seven paid for the kettle, two and three into the pot. The address of the list."""
    address = f"/wishlists/{item.wishlist_id}"
    for place, pledged, paid in ((f"{address}/items/{item.pk}", 5, 7), (f"{address}/pot", 2, 3)):
        as_bob("POST", f"{place}/contributions", {"amount": pledged})
        as_bob("POST", f"{place}/contributions", {"amount": paid, "status": "paid"})
    return address


def test_who_paid_is_told_of_each_amount_and_pledges_are_free(
    as_alice: Api, as_bob: Api, given: str, bob: User, alice: User
) -> None:
    assert as_alice("DELETE", given).status_code == 204
    kettle = {"item_title": "Kettle", "list_title": "Alice's birthday"}
    pot = {"item_title": "Alice's birthday", "list_title": "Alice's birthday"}
    assert told(bob) == [
        ("refund_paid", kettle | {"amount": 7, "currency": "EUR"}),
        ("refund_paid", pot | {"amount": 3, "currency": "EUR"}),
        ("wishlist_deleted", {"list_title": "Alice's birthday"}),
    ]
    left = as_bob("GET", "/contributions").json()
    assert [(row["amount"], row["status"], row["withdrawn"]) for row in left] == [
        (3, "paid", True),
        (7, "paid", True),
    ]
    assert told(alice) == []


def test_of_a_wish_that_went_before_nobody_is_told_again(
    as_alice: Api, given: str, item: Item, bob: User
) -> None:
    as_alice("DELETE", f"/items/{item.pk}")
    before = len(told(bob))
    as_alice("DELETE", given)
    assert [kind for kind, _ in told(bob)[before:]] == ["refund_paid", "wishlist_deleted"]
    assert not Contribution.objects.standing().filter(status="pledged").exists()


def test_who_was_seen_out_is_told_of_their_money_alone(
    as_alice: Api, as_bob: Api, given: str, item: Item, bob: User
) -> None:
    """Their desk does not tell them that the list is gone."""
    as_alice("DELETE", f"{given}/shares/{bob.pk}")
    before, shown = len(told(bob)), as_bob("GET", "/contributions").content
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Canary"})
    as_alice("DELETE", given)
    notices = told(bob)[before:]
    assert [(kind, payload["amount"]) for kind, payload in notices] == [
        ("refund_paid", 7),
        ("refund_paid", 3),
    ]
    assert "anary" not in str(notices)
    assert as_bob("GET", "/contributions").content == shown


def test_whose_list_it_became_is_told_nothing_of_money(
    as_alice: Api, given: str, item: Item, bob: User
) -> None:
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    before = len(told(bob))
    as_alice("DELETE", given)
    assert [kind for kind, _ in told(bob)[before:]] == ["wishlist_deleted"]


# --- everybody who gave is told, once -------------------------------------------------------------------------------

LISTS = {"list_title": "Alice's birthday"}


@pytest.fixture
def door(wishlist: Wishlist, item: Item, charlie: User) -> Item:
    """Charlie, who is no member, comes by the link. (The list's own door, as floors above make it: is_public.)"""
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    return item


def reserve(api: Api, item: Item) -> None:
    assert api("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"}).status_code == 200


def pledge(api: Api, item: Item) -> None:
    assert api("POST", f"{at(item)}/contributions", {"amount": 5}).status_code == 201
    assert api("POST", f"{at(item)}/contributions", {"amount": 6}).status_code == 201


def pay(api: Api, item: Item) -> None:
    assert api("POST", f"{at(item)}/contributions", {"amount": 5, "status": "paid"}).status_code == 201


def chip_into_pot(api: Api, item: Item) -> None:
    pot = f"/wishlists/{item.wishlist_id}/pot/contributions"
    assert api("POST", pot, {"amount": 5}).status_code == 201


def wait(api: Api, item: Item) -> None:
    Reservation.objects.create(item=item, user=User.objects.get(email="bob@example.com"), units=1)
    Item.objects.filter(pk=item.pk).update(units_taken=1)
    assert api("POST", f"{at(item)}/waiting", {}).status_code in (200, 201)


def at(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}"


GIVING = {"reserve": reserve, "pledge": pledge, "pay": pay, "pot": chip_into_pot, "wait": wait}


@pytest.mark.parametrize("given_by", GIVING)
@pytest.mark.parametrize("is_member", [False, True])
def test_a_giver_is_told_once_that_the_list_is_gone(
    given_by: str, is_member: bool, as_alice: Api, as_charlie: Api, door: Item, charlie: User
) -> None:
    if is_member:
        as_alice("POST", f"/wishlists/{door.wishlist_id}/shares", {"email": charlie.email, "role": "viewer"})
    GIVING[given_by](as_charlie, door)
    assert as_alice("DELETE", f"/wishlists/{door.wishlist_id}").status_code == 204
    notices = told(charlie)
    assert notices[-1] == ("wishlist_deleted", LISTS)
    assert [kind for kind, _ in notices[:-1]] == (["refund_paid"] if given_by == "pay" else [])
    if given_by in ("pledge", "pot"):
        assert (
            "Your pledge was cancelled."
            in Notification.objects.get(user=charlie, kind="wishlist_deleted").body
        )


def test_also_where_the_owner_leaves_for_good(
    as_charlie: Api, door: Item, alice: User, charlie: User
) -> None:
    reserve(as_charlie, door)
    remove_user(user=alice)
    assert told(charlie) == [("wishlist_deleted", LISTS)]


def test_who_only_looked_is_told_nothing(as_alice: Api, as_charlie: Api, door: Item, charlie: User) -> None:
    assert as_charlie("GET", at(door)).status_code == 200
    as_alice("DELETE", f"/wishlists/{door.wishlist_id}")
    assert told(charlie) == []


def test_who_took_back_all_that_they_gave_is_told_nothing(
    as_alice: Api, as_charlie: Api, door: Item, charlie: User
) -> None:
    reserve(as_charlie, door)
    as_charlie("PATCH", f"/items/{door.pk}", {"reservation_status": "available"})
    as_alice("DELETE", f"/wishlists/{door.wishlist_id}")
    assert told(charlie) == []


@pytest.mark.parametrize("has_given", [False, True])
def test_recipients_are_told_the_same_whatever_was_given(
    has_given: bool, as_alice: Api, as_bob: Api, item: Item, bob: User
) -> None:
    """Bob gave before the list became his, too."""
    if has_given:
        pledge(as_bob, item)
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}")
    [notice] = Notification.objects.filter(user=bob, kind="wishlist_deleted")
    assert (notice.body, notice.payload) == ("", LISTS)
