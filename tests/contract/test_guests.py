"""Giving by a link: without an account, with a name and a manage token, or as oneself with an account."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import (
    Client,
    Guest,
    Json,
    Person,
    a_link,
    a_list,
    an_item,
    item_path,
)

ITEM = "/public/wishlists/items/{itemId}?token="
MONEY = "/public/wishlists/items/{itemId}/contributions?token="


@pytest.fixture
def guest(alice: Person, anyone: Client, wishlist: Json) -> Guest:
    return Guest(anyone, a_link(alice, wishlist))


@covers(f"PATCH {ITEM}", *each(f"body {ITEM}: ", "reservation_status reservation_message"))
@covers(*each(f"answer {ITEM}: ", "guest_name manage_token"))
def test_guest_reserves_with_only_a_name(bob: Person, guest: Guest, item: Json) -> None:
    answer = guest.set_status(item, "reserved", reservation_message="From Grandma")
    assert answer.keys() - item.keys() == {"manage_token"}
    assert (answer["reservation_status"], answer["reserved_by_name"], answer["reservation_message"]) == (
        "reserved",
        None,
        None,
    )
    seen = bob.get(item_path(item))
    assert (seen["reserved_by_name"], seen["reserved_by_id"]) == ("Grandma", None)
    assert seen["reservation_message"] == "From Grandma"


@covers(*each(f"answer {ITEM}: ", "guest_email X-Manage-Token manage_token"))
@says("to be sent with later changes (field or `X-Manage-Token`)")
@pytest.mark.parametrize("by", ["field", "header"])
def test_manage_token_changes_and_releases_the_reservation(guest: Guest, item: Json, by: str) -> None:
    path = f"/public/wishlists/items/{item['id']}"
    first = {"guest_name": "Grandma", "guest_email": "grandma@example.com", "reservation_status": "reserved"}
    token = guest.client.patch(path, first, params=guest.query)["manage_token"]
    sent = {"manage_token": token} if by == "field" else {}
    headers = {"X-Manage-Token": token} if by == "header" else {}
    for status in ("purchased", "reserved", "available"):
        body = {"reservation_status": status, **sent}
        answer = guest.client.patch(path, body, params=guest.query, headers=headers)
        assert answer["reservation_status"] == status
        assert answer["manage_token"]


def test_guest_must_give_a_name(guest: Guest, item: Json) -> None:
    for name in ({}, {"guest_name": ""}, {"guest_name": None}, {"guest_name": "x" * 1000}):
        path = f"/public/wishlists/items/{item['id']}"
        guest.client.patch(path, {"reservation_status": "reserved", **name}, expect=400, params=guest.query)


def test_another_guest_cannot_change_the_reservation(guest: Guest, item: Json) -> None:
    guest.set_status(item, "reserved")
    uncle = Guest(guest.client, guest.token, name="Uncle")
    assert uncle.set_status(item, "available", expect=403)["code"] == "not_holder"
    conflict = uncle.set_status(item, "reserved", expect=409)
    assert conflict["current_item"]["reservation_status"] == "reserved"
    assert conflict["current_item"]["reserved_by_name"] is None


def test_manage_token_of_another_list_is_refused(alice: Person, guest: Guest, item: Json) -> None:
    other_list = a_list(alice)
    other_item = an_item(alice, other_list)
    stranger = Guest(guest.client, a_link(alice, other_list))
    stranger.set_status(other_item, "reserved")
    for token in (stranger.manage_token, "x", guest.token):
        Guest(guest.client, guest.token, manage_token=token).set_status(item, "reserved", expect=403)
    guest.set_status(other_item, "reserved", expect=404)


@covers("GET /public/reservations?token=", "body /public/reservations?token=: X-Manage-Token")
@says("what this guest promised")
def test_guest_reads_their_reservations(alice: Person, guest: Guest, wishlist: Json, item: Json) -> None:
    uncle = Guest(guest.client, guest.token, name="Uncle")
    uncle.set_status(an_item(alice, wishlist, title="Lamp"), "reserved")
    guest.set_status(item, "purchased", reservation_message="Hugs")
    [reservation] = guest.reservations()
    assert (reservation["item"]["id"], reservation["status"], reservation["message"]) == (
        item["id"],
        "purchased",
        "Hugs",
    )
    assert [row["item"]["title"] for row in uncle.reservations()] == ["Lamp"]
    guest.client.get("/public/reservations", expect=403, params=guest.query, headers={"X-Manage-Token": "x"})
    guest.client.get("/public/reservations", expect=400, params=guest.query)


@covers(f"POST {MONEY}", *each(f"body {MONEY}: ", "amount status"), f"answer {MONEY}: 201")
@says("201 item; guests as above")
def test_guest_contributes(bob: Person, guest: Guest, item: Json) -> None:
    assert guest.chip_in(item, 12.5)["contributed_pledged"] == 12.5
    token = guest.manage_token
    answer = guest.chip_in(item, 2, status="paid")
    assert (answer["contributed_total"], answer["contributed_paid"]) == (14.5, 2)
    assert answer["manage_token"]
    [reservation, paid] = bob.get(f"{item_path(item)}/contributions")["contributions"]
    assert (reservation["display_name"], paid["display_name"]) == ("Grandma", "Grandma")
    assert token
    guest.chip_in(item, 0, expect=400)


def test_person_with_an_access_token_gives_as_themselves(
    bob: Person, charlie: Person, guest: Guest, item: Json
) -> None:
    path = f"/public/wishlists/items/{item['id']}"
    answer = charlie.patch(path, {"reservation_status": "reserved"}, params=guest.query)
    assert "manage_token" not in answer
    assert answer["reserved_by_name"] is None
    charlie.post(f"{path}/contributions", {"amount": 5}, params=guest.query)
    seen = bob.get(item_path(item))
    assert (seen["reserved_by_id"], seen["reserved_by_name"]) == (charlie.id, "Charlie")
    assert [row["item"]["id"] for row in charlie.get("/public/reservations", params=guest.query)] == [
        item["id"]
    ]
    charlie.get(item_path(item), expect=404)


def test_guest_without_a_valid_link_is_refused(guest: Guest, item: Json) -> None:
    path = f"/public/wishlists/items/{item['id']}"
    body = {"reservation_status": "reserved", "guest_name": "Grandma"}
    guest.client.patch(path, body, expect=404, params={"token": "x"})
    assert guest.client.ask("PATCH", path, body).status_code in (400, 404)


@says("PUT is offered wherever PATCH is")
def test_guests_put_works_like_patch(guest: Guest, item: Json) -> None:
    body = {"reservation_status": "reserved", "guest_name": "Grandma"}
    path = f"/public/wishlists/items/{item['id']}"
    assert guest.client.put(path, body, params=guest.query)["reservation_status"] == "reserved"
