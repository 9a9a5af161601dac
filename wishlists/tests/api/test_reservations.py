"""Reservations and contributions in the API: who sees them, and who may change them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Wishlist
from wishlists.services.lists.people import share_wishlist


@pytest.fixture
def reservations(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations"


@pytest.fixture
def contributions(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"


@pytest.fixture
def viewer_dora(wishlist: Wishlist, alice: User, dora: User) -> User:
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    return dora


def open_to_all(item: Item) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(is_public=True)


def test_create_reservation(as_bob: Api, reservations: str, item: Item) -> None:
    made = as_bob("POST", reservations, {"message": "mine"})
    assert made.status_code == 201
    body = made.json()
    expected = {
        "item_id": str(item.pk),
        "units": 1,
        "status": "reserved",
        "message": "mine",
        "price": 49.9,
        "currency": "EUR",
        "display_name": "Bob",
        "is_me": True,
        "withdrawn": False,
    }
    assert {name: body[name] for name in expected} == expected
    assert body["item"]["reservation_status"] == "reserved"


def test_empty_body_reserves_one(as_bob: Api, reservations: str) -> None:
    assert as_bob("POST", reservations).json()["units"] == 1


def test_reserve_several_units_as_bought(as_alice: Api, as_bob: Api, reservations: str, item: Item) -> None:
    as_alice("PATCH", f"/items/{item.pk}", {"quantity": 3})
    body = as_bob("POST", reservations, {"units": 2, "status": "purchased"}).json()
    assert (body["units"], body["status"], body["item"]["units_free"]) == (2, "purchased", 1)
    more = as_bob("PATCH", f"/reservations/{body['id']}", {"units": 4})
    assert refused(more) == (409, "reservation_conflict")
    assert more.json()["current_item"]["units_free"] == 1
    assert as_bob("PUT", f"/reservations/{body['id']}", {"units": 3}).json()["item"]["units_free"] == 0


@pytest.mark.parametrize(
    "body", [{"units": 0}, {"units": 10_001}, {"status": "available"}, {"message": "x" * 2001}], ids=str
)
def test_invalid_values_are_named(body: dict[str, Any], as_bob: Api, reservations: str) -> None:
    assert refused(as_bob("POST", reservations, body)) == (400, "invalid_input")


def test_reserving_a_taken_item_gets_409(
    as_bob: Api, as_dora: Api, viewer_dora: User, reservations: str, bob: User
) -> None:
    as_bob("POST", reservations)
    lost = as_dora("POST", reservations)
    assert refused(lost) == (409, "reservation_conflict")
    assert lost.json()["current_item"]["reserved_by_id"] == str(bob.pk)


def test_givers_see_names_unless_they_are_hidden(
    as_bob: Api, as_dora: Api, viewer_dora: User, reservations: str, item: Item
) -> None:
    as_bob("POST", reservations, {"message": "red"})
    [row] = as_dora("GET", reservations).json()
    assert (row["display_name"], row["message"], row["is_me"]) == ("Bob", "red", False)
    Wishlist.objects.filter(pk=item.wishlist_id).update(names_shown=False)
    [row] = as_dora("GET", reservations).json()
    assert [row[name] for name in ("display_name", "message", "created_at", "updated_at")] == [None] * 4
    [row] = as_bob("GET", reservations).json()
    assert (row["display_name"], row["message"], row["is_me"]) == ("Bob", "red", True)


def test_public_sees_no_people(as_bob: Api, as_charlie: Api, reservations: str, item: Item) -> None:
    as_bob("POST", reservations, {"message": "red"})
    open_to_all(item)
    [row] = as_charlie("GET", reservations).json()
    assert (row["units"], row["status"]) == (1, "reserved")
    assert [row[name] for name in ("display_name", "message", "created_at", "updated_at")] == [None] * 4
    assert row["item"]["reserved_by_id"] is None


@pytest.mark.parametrize(("policy", "seen"), [("surprise", 0), ("status", 0), ("open", 1)])
def test_recipients_see_what_the_policy_allows(
    policy: str, seen: int, as_alice: Api, as_bob: Api, reservations: str, item: Item
) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy=policy)
    as_bob("POST", reservations)
    assert len(as_alice("GET", reservations).json()) == seen


@pytest.mark.parametrize("taken", [False, True])
def test_recipients_cannot_reserve_taken_or_not(
    taken: bool, as_alice: Api, as_bob: Api, reservations: str
) -> None:
    if taken:
        as_bob("POST", reservations)
    assert refused(as_alice("POST", reservations)) == (403, "recipient")


def test_only_own_reservations_are_listed(
    as_bob: Api, as_dora: Api, viewer_dora: User, reservations: str
) -> None:
    mine = as_bob("POST", reservations).json()
    assert as_bob("GET", "/reservations").json() == [mine]
    assert as_bob("GET", f"/reservations/{mine['id']}").json() == mine
    assert as_dora("GET", "/reservations").json() == []
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        for path in (f"/reservations/{mine['id']}", f"/reservations/{uuid4()}"):
            assert refused(as_dora(method, path, {"units": 1})) == (404, "no_such_reservation")


def test_patch_message_and_status_with_null(as_bob: Api, reservations: str) -> None:
    path = f"/reservations/{as_bob('POST', reservations, {'message': 'red'}).json()['id']}"
    assert as_bob("PATCH", path, {"status": "purchased"}).json()["message"] == "red"
    body = as_bob("PATCH", path, {"message": None, "status": None, "units": None}).json()
    assert (body["message"], body["status"], body["units"]) == (None, "purchased", 1)


def test_release_reservation(as_bob: Api, reservations: str, item: Item) -> None:
    path = f"/reservations/{as_bob('POST', reservations).json()['id']}"
    assert as_bob("DELETE", path).status_code == 204
    assert as_bob("GET", path).status_code == 404
    assert as_bob("GET", f"/items/{item.pk}").json()["reservation_status"] == "available"


def test_reservation_stays_in_my_gifts_after_removal(
    as_alice: Api, as_bob: Api, bob: User, reservations: str, item: Item
) -> None:
    path = f"/reservations/{as_bob('POST', reservations).json()['id']}"
    as_alice("DELETE", f"/items/{item.pk}")
    assert as_bob("GET", path).json()["withdrawn"] is True
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}/shares/{bob.pk}")
    [row] = as_bob("GET", "/reservations").json()
    assert (row["item"]["title"], row["withdrawn"]) == ("Kettle", True)
    assert as_bob("PATCH", path, {"status": "purchased"}).status_code == 200
    assert as_bob("DELETE", path).status_code == 204


def test_contribute_to_an_item(as_bob: Api, contributions: str) -> None:
    made = as_bob("POST", contributions, {"amount": 10.5})
    assert made.status_code == 201
    assert made.json()["contributed_pledged"] == 10.5
    as_bob("POST", contributions, {"amount": 4, "status": "paid"})
    seen = as_bob("GET", contributions).json()
    assert (seen["total"], seen["total_pledged"], seen["total_paid"]) == (14.5, 10.5, 4)
    ids = [row.pop("id") for row in seen["contributions"]]
    assert ids == [row["id"] for row in reversed(as_bob("GET", "/contributions").json())]
    assert seen["contributions"] == [
        {"amount": 10.5, "currency": "EUR", "status": "pledged", "display_name": "Bob", "is_me": True},
        {"amount": 4, "currency": "EUR", "status": "paid", "display_name": "Bob", "is_me": True},
    ]


def test_item_accepts_contributions_in_one_currency(
    as_alice: Api, as_bob: Api, contributions: str, item: Item
) -> None:
    """The owner may always change the item's currency. Existing contributions keep theirs, and others are refused."""
    as_bob("POST", contributions, {"amount": 10})
    assert as_alice("PATCH", f"/items/{item.pk}", {"currency": "USD"}).status_code == 200
    assert refused(as_bob("POST", contributions, {"amount": 1})) == (409, "other_currency")
    seen = as_bob("GET", contributions).json()
    shown = as_bob("GET", f"/items/{item.pk}").json()
    assert seen["total"] == shown["contributed_total"] == 10
    assert (shown["currency"], shown["contributed_currency"]) == ("USD", "EUR")
    assert [row["currency"] for row in seen["contributions"]] == ["EUR"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount": 0},
        {"amount": -1},
        {"amount": None},
        {"amount": 0.001},
        {"amount": 1, "status": "given"},
    ],
    ids=str,
)
def test_invalid_amounts_are_named(body: dict[str, Any], as_bob: Api, contributions: str) -> None:
    assert refused(as_bob("POST", contributions, body)) == (400, "invalid_input")


@pytest.mark.parametrize("taken", [False, True])
def test_recipients_cannot_see_or_make_contributions(
    taken: bool, as_alice: Api, as_bob: Api, contributions: str
) -> None:
    if taken:
        as_bob("POST", contributions, {"amount": 5})
    nothing = {"total": 0, "total_pledged": 0, "total_paid": 0, "contributions": []}
    assert as_alice("GET", contributions).json() == nothing
    assert refused(as_alice("POST", contributions, {"amount": 5})) == (403, "recipient")


def test_public_sees_totals(as_bob: Api, as_charlie: Api, contributions: str, item: Item) -> None:
    as_bob("POST", contributions, {"amount": 5})
    open_to_all(item)
    as_charlie("POST", contributions, {"amount": 2})
    seen = as_charlie("GET", contributions).json()
    assert seen["total"] == 7
    assert [(row["display_name"], row["is_me"]) for row in seen["contributions"]] == [
        (None, False),
        ("Charlie", True),
    ]


def test_contribution_to_a_marked_item_is_refused(
    as_alice: Api, as_bob: Api, contributions: str, item: Item
) -> None:
    as_alice("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})
    assert refused(as_bob("POST", contributions, {"amount": 5})) == (409, "item_closed")


def test_stranger_gets_404(as_charlie: Api, reservations: str, contributions: str) -> None:
    for path in (reservations, contributions):
        for method in ("GET", "POST"):
            assert refused(as_charlie(method, path, {"amount": 1})) == (404, "no_such_item")
