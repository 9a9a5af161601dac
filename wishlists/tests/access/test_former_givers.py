"""Givers who lost access to a list keep what they reserved there, and read nothing newer of it (G8)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Notification, User
from core.db.change import change
from tests.support.api_clients import Api, refused
from wishlists.access import former_givers
from wishlists.api.serializers.reservations import ReservationSerializer
from wishlists.models import Item, Member
from wishlists.tests.shapes import agrees

NEWER = {"title": "Canary kettle", "description": "Canary text", "price": 77, "quantity": 3}


@pytest.fixture
def reservation(as_alice: Api, as_bob: Api, item: Item) -> str:
    """The path of Bob's reservation of Alice's kettle."""
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"due_date": "2030-05-04"})
    made = as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations", {"message": "red"})
    return f"/reservations/{made.json()['id']}"


@pytest.fixture
def places(item: Item, bob: User) -> str:
    return f"/wishlists/{item.wishlist_id}/shares/{bob.pk}"


def rewrite(as_alice: Api, item: Item) -> None:
    """Alice changes every text of her list and its wish."""
    as_alice("PATCH", f"/items/{item.pk}", NEWER)
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"title": "Canary list", "due_date": "2031-01-01"})


def test_reservation_stays_as_it_was_when_access_was_lost(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item
) -> None:
    as_alice("DELETE", places)
    rewrite(as_alice, item)
    answer = as_bob("GET", reservation)
    row = answer.json()
    assert "anary" not in answer.text
    assert (row["item"]["title"], row["price"], row["item"]["price"]) == ("Kettle", 49.9, 49.9)
    assert row["occasion"] == {"title": "Alice's birthday", "due_date": "2030-05-04"}
    assert (row["is_snapshot"], row["withdrawn"], row["changes"], row["recipients"]) == (True, False, {}, [])
    assert as_bob("GET", "/reservations").json() == [row]
    agrees(row, ReservationSerializer)


def test_control_members_read_newer_changes(as_alice: Api, as_bob: Api, reservation: str, item: Item) -> None:
    rewrite(as_alice, item)
    answer = as_bob("GET", reservation)
    assert answer.text.count("anary") >= 4
    assert answer.json()["is_snapshot"] is False


def test_later_changes_do_not_change_the_answer(
    as_alice: Api, as_bob: Api, as_dora: Api, reservation: str, places: str, item: Item, dora: User
) -> None:
    as_alice("POST", f"/wishlists/{item.wishlist_id}/shares", {"email": dora.email, "role": "viewer"})
    as_alice("DELETE", places)
    before = as_bob("GET", "/reservations").content
    rewrite(as_alice, item)
    as_dora("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations", {"units": 2})
    as_dora("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions", {"amount": 5})
    as_alice("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})
    as_alice("DELETE", f"/items/{item.pk}")
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}")
    assert as_bob("GET", "/reservations").content == before


def test_they_know_what_was_withdrawn_while_they_had_access(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item
) -> None:
    as_alice("DELETE", f"/items/{item.pk}")
    as_alice("DELETE", places)
    assert as_bob("GET", reservation).json()["withdrawn"] is True


@pytest.mark.parametrize("free", [True, False])
@pytest.mark.parametrize("body", [{"units": 2}, {"message": "blue"}], ids=str)
def test_they_cannot_reserve_more_or_write(
    body: dict[str, Any], free: bool, as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item
) -> None:
    """The answer is the same whether or not more is available."""
    as_alice("PATCH", f"/items/{item.pk}", {"quantity": 5 if free else 1})
    as_alice("DELETE", places)
    assert refused(as_bob("PATCH", reservation, body)) == (403, "no_longer_let_in")
    assert as_bob("GET", reservation).json()["units"] == 1


def test_they_change_stage_and_release(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item
) -> None:
    as_alice("DELETE", places)
    rewrite(as_alice, item)
    assert as_bob("PATCH", reservation, {"stage": "wrapped"}).json()["stage"] == "wrapped"
    assert as_bob("PATCH", reservation, {"message": None}).json()["message"] is None
    assert "anary" not in as_bob("PATCH", reservation, {"status": "reserved"}).text
    assert as_bob("DELETE", reservation).status_code == 204
    assert refused(as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations")) == (
        404,
        "no_such_item",
    )


def test_regained_access_shows_newer_changes(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item, bob: User
) -> None:
    as_alice("DELETE", places)
    rewrite(as_alice, item)
    as_alice("POST", f"/wishlists/{item.wishlist_id}/shares", {"email": bob.email, "role": "viewer"})
    assert as_bob("GET", reservation).json()["item"]["title"] == "Canary kettle"


def test_public_list_shows_newer_changes(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item
) -> None:
    as_alice("DELETE", places)
    rewrite(as_alice, item)
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"is_public": True})
    assert as_bob("GET", reservation).json()["item"]["title"] == "Canary kettle"


def test_they_are_not_notified(as_alice: Api, reservation: str, places: str, item: Item, bob: User) -> None:
    as_alice("DELETE", places)
    notices = Notification.objects.filter(user=bob).count()
    rewrite(as_alice, item)
    as_alice("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})
    as_alice("DELETE", f"/items/{item.pk}")
    assert Notification.objects.filter(user=bob).count() == notices


def test_they_are_notified_about_their_money_only(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item, bob: User
) -> None:
    money = f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"
    as_bob("POST", money, {"amount": 5})
    as_bob("POST", money, {"amount": 7, "status": "paid"})
    as_alice("DELETE", places)
    rewrite(as_alice, item)
    as_alice("DELETE", f"/items/{item.pk}")
    notices = Notification.objects.filter(user=bob).exclude(kind="wishlist_shared")
    assert [(row.kind, row.payload["amount"]) for row in notices] == [("refund_paid", 7)]
    assert "anary" not in f"{notices[0].title}{notices[0].body}{notices[0].payload}"


def test_control_members_are_notified(as_alice: Api, reservation: str, item: Item, bob: User) -> None:
    notices = Notification.objects.filter(user=bob).count()
    rewrite(as_alice, item)
    as_alice("DELETE", f"/items/{item.pk}")
    assert Notification.objects.filter(user=bob).count() == notices + 2


@pytest.fixture
def by_link(reservation: str, item: Item, bob: User) -> None:
    """Bob was never a member: he reserved through a link while logged in."""
    with change():
        Member.objects.filter(wishlist=item.wishlist, user=bob).delete()


@pytest.mark.usefixtures("by_link")
def test_link_user_reads_while_the_link_works(
    as_alice: Api, as_bob: Api, reservation: str, item: Item, bob: User
) -> None:
    link = f"/wishlists/{item.wishlist_id}/public-link"
    as_alice("POST", link, {})
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Samovar"})
    assert as_bob("GET", reservation).json()["changes"]["title"] == {"old": "Kettle", "new": "Samovar"}
    assert Notification.objects.filter(user=bob, kind="item_changed").count() == 1
    as_alice("DELETE", link)
    rewrite(as_alice, item)
    assert as_bob("GET", reservation).json()["item"]["title"] == "Kettle"
    assert Notification.objects.filter(user=bob, kind="item_changed").count() == 1


def test_control_without_the_access_check_they_read_newer_changes(
    as_alice: Api, as_bob: Api, reservation: str, places: str, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_alice("DELETE", places)
    rewrite(as_alice, item)
    everywhere = {item.wishlist_id: former_givers.GiverAccess(reads=True)}
    monkeypatch.setattr("wishlists.projections.reservations.giver_access_of", lambda giver, lists: everywhere)
    assert "Canary kettle" in as_bob("GET", reservation).text


def test_new_recipient_keeps_the_reservation_in_the_same_way(
    as_alice: Api, as_bob: Api, reservation: str, item: Item, bob: User
) -> None:
    """The same rule applies to both. test_became_recipient.py tests what else changes for recipients."""
    with change():
        Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    rewrite(as_alice, item)
    answer = as_bob("GET", reservation)
    assert "anary" not in answer.text
    assert (answer.json()["is_snapshot"], answer.json()["item"]["title"]) == (True, "Kettle")
    assert as_bob("GET", "/reservations").json() == [answer.json()]
