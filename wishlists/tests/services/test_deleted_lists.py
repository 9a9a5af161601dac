"""A list is deleted: people who paid are told to ask for their money, pledges are freed, and the owner learns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Notification, User
from accounts.services.people import remove_user
from tests.support.api_clients import Api
from wishlists.models import Contribution, Item, Member, Reservation, Wishlist


def notices_of(user: User) -> list[tuple[str, dict[str, Any]]]:
    rows = Notification.objects.filter(user=user).exclude(kind="wishlist_shared").order_by("created_at", "pk")
    return [(row.kind, row.payload) for row in rows]


@pytest.fixture
def given(as_bob: Api, item: Item) -> str:
    """Bob pledged five and paid seven for the kettle, and pledged two and paid three to the pot. The path of the list."""
    address = f"/wishlists/{item.wishlist_id}"
    for place, pledged, paid in ((f"{address}/items/{item.pk}", 5, 7), (f"{address}/pot", 2, 3)):
        as_bob("POST", f"{place}/contributions", {"amount": pledged})
        as_bob("POST", f"{place}/contributions", {"amount": paid, "status": "paid"})
    return address


def test_payer_is_told_each_amount_and_pledges_are_freed(
    as_alice: Api, as_bob: Api, given: str, bob: User, alice: User
) -> None:
    assert as_alice("DELETE", given).status_code == 204
    kettle = {"item_title": "Kettle", "list_title": "Alice's birthday"}
    pot = {"item_title": "Alice's birthday", "list_title": "Alice's birthday"}
    assert notices_of(bob) == [
        ("refund_paid", kettle | {"amount": 7, "currency": "EUR"}),
        ("refund_paid", pot | {"amount": 3, "currency": "EUR"}),
        ("wishlist_deleted", {"list_title": "Alice's birthday"}),
    ]
    left = as_bob("GET", "/contributions").json()
    assert [(row["amount"], row["status"], row["withdrawn"]) for row in left] == [
        (3, "paid", True),
        (7, "paid", True),
    ]
    assert notices_of(alice) == []


def test_payer_of_an_item_removed_earlier_is_not_told_again(
    as_alice: Api, given: str, item: Item, bob: User
) -> None:
    as_alice("DELETE", f"/items/{item.pk}")
    before = len(notices_of(bob))
    as_alice("DELETE", given)
    assert [kind for kind, _ in notices_of(bob)[before:]] == ["refund_paid", "wishlist_deleted"]
    assert not Contribution.objects.standing().filter(status="pledged").exists()


def test_giver_without_access_is_told_about_their_money_only(
    as_alice: Api, as_bob: Api, given: str, item: Item, bob: User
) -> None:
    """My gifts doesn't show them that the list is gone."""
    as_alice("DELETE", f"{given}/shares/{bob.pk}")
    before, shown = len(notices_of(bob)), as_bob("GET", "/contributions").content
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Canary"})
    as_alice("DELETE", given)
    notices = notices_of(bob)[before:]
    assert [(kind, payload["amount"]) for kind, payload in notices] == [
        ("refund_paid", 7),
        ("refund_paid", 3),
    ]
    assert "anary" not in str(notices)
    assert as_bob("GET", "/contributions").content == shown


def test_new_recipient_is_not_told_about_money(as_alice: Api, given: str, item: Item, bob: User) -> None:
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    before = len(notices_of(bob))
    as_alice("DELETE", given)
    assert [kind for kind, _ in notices_of(bob)[before:]] == ["wishlist_deleted"]


# --- every giver is notified once -----------------------------------------------------------------------------------

LISTS = {"list_title": "Alice's birthday"}


@pytest.fixture
def public_item(wishlist: Wishlist, item: Item, charlie: User) -> Item:
    """Charlie can open the list without being a member, because it is public. Apps that build on this one test public
    links.
    """
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
def test_giver_is_told_once_that_the_list_is_gone(
    given_by: str, is_member: bool, as_alice: Api, as_charlie: Api, public_item: Item, charlie: User
) -> None:
    if is_member:
        as_alice(
            "POST", f"/wishlists/{public_item.wishlist_id}/shares", {"email": charlie.email, "role": "viewer"}
        )
    GIVING[given_by](as_charlie, public_item)
    assert as_alice("DELETE", f"/wishlists/{public_item.wishlist_id}").status_code == 204
    notices = notices_of(charlie)
    assert notices[-1] == ("wishlist_deleted", LISTS)
    assert [kind for kind, _ in notices[:-1]] == (["refund_paid"] if given_by == "pay" else [])
    if given_by in ("pledge", "pot"):
        assert (
            "Your pledge was cancelled."
            in Notification.objects.get(user=charlie, kind="wishlist_deleted").body
        )


def test_giver_is_told_when_the_owner_deletes_their_account(
    as_charlie: Api, public_item: Item, alice: User, charlie: User
) -> None:
    reserve(as_charlie, public_item)
    remove_user(user=alice)
    assert notices_of(charlie) == [("wishlist_deleted", LISTS)]


def test_visitor_who_gave_nothing_is_not_told(
    as_alice: Api, as_charlie: Api, public_item: Item, charlie: User
) -> None:
    assert as_charlie("GET", at(public_item)).status_code == 200
    as_alice("DELETE", f"/wishlists/{public_item.wishlist_id}")
    assert notices_of(charlie) == []


def test_giver_who_released_everything_is_not_told(
    as_alice: Api, as_charlie: Api, public_item: Item, charlie: User
) -> None:
    reserve(as_charlie, public_item)
    as_charlie("PATCH", f"/items/{public_item.pk}", {"reservation_status": "available"})
    as_alice("DELETE", f"/wishlists/{public_item.wishlist_id}")
    assert notices_of(charlie) == []


@pytest.mark.parametrize("has_given", [False, True])
def test_recipients_get_the_same_notice_whatever_was_given(
    has_given: bool, as_alice: Api, as_bob: Api, item: Item, bob: User
) -> None:
    """Bob gave something before he became a recipient."""
    if has_given:
        pledge(as_bob, item)
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}")
    [notice] = Notification.objects.filter(user=bob, kind="wishlist_deleted")
    assert (notice.body, notice.payload) == ("", LISTS)
