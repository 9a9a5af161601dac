"""For whom a list is, apart from what they may do on it: blind whatever the role, and blind to stay."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Notification, User
from tests.support.api_clients import Api, logged_in
from wishlists.models import Activity, Contribution, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.tests.factories import put, take_as_guest

pytestmark = pytest.mark.django_db


def recipients(api: Api, wishlist_id: Any) -> list[str]:
    answer = api("GET", f"/wishlists/{wishlist_id}/recipients").json()
    return [person["display_name"] for person in answer["recipients"]]


def seen(api: Api, item: Item) -> str:
    return str(api("GET", f"/items/{item.pk}").json()["reservation_status"])


def test_the_owner_is_it_by_default(as_alice: Api, as_bob: Api, wishlist: Wishlist) -> None:
    assert recipients(as_alice, wishlist.pk) == recipients(as_bob, wishlist.pk) == ["Alice"]


def test_kept_for_somebody_without_an_account(as_alice: Api) -> None:
    made = as_alice(
        "POST", "/wishlists", {"title": "Emma", "for_someone_else": True, "recipient_name": "Emma"}
    )
    body = made.json()
    assert (body["i_am_recipient"], body["recipient_name"]) == (False, "Emma")
    assert recipients(as_alice, body["id"]) == []
    wish = as_alice("POST", f"/wishlists/{body['id']}/items", {"title": "Blocks"}).json()
    taken = as_alice("PATCH", f"/items/{wish['id']}", {"reservation_status": "reserved"}).json()
    assert (taken["reservation_status"], taken["reserved_by_name"]) == ("reserved", "Alice")


def test_both_of_a_couple_are_blind(as_alice: Api, as_bob: Api, item: Item, bob: User, alice: User) -> None:
    answer = put(as_alice, item.wishlist_id, alice, bob, recipient_name="Alice and Bob")
    assert answer.status_code == 200
    assert answer.json()["recipient_name"] == "Alice and Bob"
    assert [person["display_name"] for person in answer.json()["recipients"]] == ["Alice", "Bob"]
    take_as_guest(item)
    assert seen(as_alice, item) == seen(as_bob, item) == "available"
    assert as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations").status_code == 403


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_let_in_as_a_recipient(as_alice: Api, as_charlie: Api, item: Item, charlie: User, role: str) -> None:
    body = {"email": charlie.email, "role": role, "is_recipient": True}
    made = as_alice("POST", f"/wishlists/{item.wishlist_id}/shares", body)
    assert (made.status_code, made.json()["is_recipient"]) == (201, True)
    take_as_guest(item)
    assert seen(as_charlie, item) == "available"
    again = as_alice(
        "POST", f"/wishlists/{item.wishlist_id}/shares", {"email": charlie.email, "role": "viewer"}
    )
    assert again.json()["is_recipient"] is True


def test_only_its_people(as_alice: Api, wishlist: Wishlist, alice: User, charlie: User) -> None:
    answer = put(as_alice, wishlist.pk, alice, charlie)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_person")


def test_only_the_owner_says(as_bob: Api, as_charlie: Api, wishlist: Wishlist, bob: User) -> None:
    assert put(as_bob, wishlist.pk, bob).json()["code"] == "owner_only"
    assert put(as_charlie, wishlist.pk, bob).status_code == 404


def test_the_public_is_not_told(as_charlie: Api, wishlist: Wishlist) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    assert as_charlie("GET", f"/wishlists/{wishlist.pk}/recipients").json()["code"] == "members_only"


def test_nonsense(as_alice: Api, wishlist: Wishlist) -> None:
    bodies: list[Any] = [{"user_ids": "all"}, {"user_ids": ["x"]}, {"recipient_name": "x" * 81}, []]
    for body in bodies:
        assert as_alice("PUT", f"/wishlists/{wishlist.pk}/recipients", body).status_code == 400


def test_what_is_not_said_stays(as_alice: Api, wishlist: Wishlist) -> None:
    answer = as_alice("PUT", f"/wishlists/{wishlist.pk}/recipients", {"recipient_name": "us"})
    assert (answer.json()["recipient_name"], len(answer.json()["recipients"])) == ("us", 1)


def test_before_sharing_one_may_step_aside(as_alice: Api) -> None:
    made = as_alice("POST", "/wishlists", {"title": "Emma"}).json()
    assert put(as_alice, made["id"]).json()["recipients"] == []
    assert as_alice("GET", f"/wishlists/{made['id']}").json()["i_am_recipient"] is False


@pytest.mark.parametrize("taken", [True, False])
def test_after_sharing_nobody_is_taken_off(
    as_alice: Api, as_bob: Api, item: Item, bob: User, taken: bool
) -> None:
    if taken:
        as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})
    answer = put(as_alice, item.wishlist_id, bob)
    assert (answer.status_code, answer.json()["code"]) == (409, "secret_sealed")
    assert recipients(as_alice, item.wishlist_id) == ["Alice"]


def test_a_giver_who_becomes_one_goes_on_holding_all_that_they_gave(
    as_alice: Api, as_bob: Api, item: Item, alice: User, bob: User
) -> None:
    def wish(title: str) -> str:
        return str(as_alice("POST", f"/wishlists/{item.wishlist_id}/items", {"title": title}).json()["id"])

    lamp, book = wish("Lamp"), wish("Book")
    for pk, status in ((item.pk, "reserved"), (lamp, "purchased")):
        as_bob("PATCH", f"/items/{pk}", {"reservation_status": status})
    for status in ("pledged", "paid"):
        as_bob(
            "POST",
            f"/wishlists/{item.wishlist_id}/items/{book}/contributions",
            {"amount": 5, "status": status},
        )
    WaitlistEntry.objects.create(item_id=book, user=bob)
    put(as_alice, item.wishlist_id, alice, bob)
    assert {str(row.item_id) for row in Reservation.objects.active()} == {str(item.pk), lamp}
    assert {row.status for row in Contribution.objects.standing()} == {"pledged", "paid"}
    assert WaitlistEntry.objects.in_line().exists()
    kinds = set(Activity.objects.filter(circle=Activity.Circle.GIVERS).values_list("kind", flat=True))
    assert not {"reservation_released", "contribution_withdrawn"} & kinds
    assert Activity.objects.filter(kind="recipients_changed", circle=Activity.Circle.EVERYONE).count() == 1
    assert Notification.objects.filter(user=bob, kind="made_recipient").count() == 1


def test_leaving_shows_nobody_more(as_alice: Api, as_bob: Api, item: Item, alice: User, bob: User) -> None:
    """Out, and in again by the public door: still blind, and no longer able to mark anything."""
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"is_public": True})
    put(as_alice, item.wishlist_id, alice, bob)
    assert as_bob("DELETE", f"/wishlists/{item.wishlist_id}/shares/{bob.pk}").status_code == 204
    take_as_guest(item)
    assert seen(as_bob, item) == "available"
    marked = as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})
    assert (marked.status_code, marked.json()["code"]) == (403, "recipient_only")
    as_alice("POST", f"/wishlists/{item.wishlist_id}/shares", {"email": bob.email, "role": "viewer"})
    assert recipients(as_alice, item.wishlist_id) == ["Alice", "Bob"]
    assert seen(as_bob, item) == "available"


def test_who_left_an_open_list_is_one_of_the_public(
    as_alice: Api, item: Item, bob: User, alice: User
) -> None:
    """There is nothing to keep from them, and nobody who left sees names."""
    Wishlist.objects.filter(pk=item.wishlist_id).update(is_public=True, policy="open")
    put(as_alice, item.wishlist_id, alice, bob)
    as_bob = Api(logged_in(bob)["access_token"])
    as_bob("DELETE", f"/wishlists/{item.wishlist_id}/shares/{bob.pk}")
    take_as_guest(item)
    got = as_bob("GET", f"/items/{item.pk}").json()
    assert (got["reservation_status"], got["reserved_by_name"]) == ("reserved", None)
