"""Reservations at their own addresses, with the same effects as `reservation_status`."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Json, Person, an_item, item_path, set_status

ROW = "/wishlists/{id}/items/{itemId}/reservations"
FIELDS = "id item units status message price currency created_at"


def reserve(person: Person, item: Json, *, expect: int = 201, **body: Json) -> Json:
    return person.post(f"{item_path(item)}/reservations", body, expect=expect)


@covers(f"POST {ROW}", *each(f"body {ROW}: ", "units message status"), *each(f"answer {ROW}: ", FIELDS))
def test_giver_reserves(alice: Person, bob: Person, wishlist: Json) -> None:
    cups = an_item(alice, wishlist, quantity=6)
    made = reserve(bob, cups, units=2, message="With love", status="purchased")
    assert made.keys() >= set(FIELDS.split())
    assert (made["units"], made["status"], made["message"]) == (2, "purchased", "With love")
    assert (made["price"], made["currency"]) == (49.9, "EUR")
    assert made["item"] == bob.get(item_path(cups))
    assert made["item"]["units_free"] == 4


def test_one_unit_is_reserved_by_default(bob: Person, item: Json) -> None:
    made = reserve(bob, item)
    assert (made["units"], made["status"], made["message"]) == (1, "reserved", None)


@covers(f"GET {ROW}")
def test_givers_see_the_holder(bob: Person, carol: Person, item: Json) -> None:
    made = reserve(bob, item)
    [seen] = carol.get(f"{item_path(item)}/reservations")
    assert {name: seen[name] for name in FIELDS.split()} == {name: made[name] for name in FIELDS.split()}


def test_recipient_cannot_read_or_make_reservations(alice: Person, bob: Person, item: Json) -> None:
    reserve(bob, item)
    assert alice.get(f"{item_path(item)}/reservations") == []
    assert alice.ask("POST", f"{item_path(item)}/reservations", {}).status_code in (201, 403)


@covers("GET /reservations")
@says("what is *mine* comes from `GET /reservations`")
def test_giver_reads_their_own_reservations(bob: Person, carol: Person, item: Json) -> None:
    set_status(bob, item, "reserved")
    assert [row["status"] for row in bob.get("/reservations") if row["item"]["id"] == item["id"]] == [
        "reserved"
    ]
    assert not [row for row in carol.get("/reservations") if row["item"]["id"] == item["id"]]


@covers("GET /reservations/{id}", "PATCH /reservations/{id}", *each(f"body {ROW}: ", "units message status"))
@says("PUT is offered wherever PATCH is")
def test_giver_changes_their_own_reservation(
    alice: Person, bob: Person, carol: Person, wishlist: Json
) -> None:
    cups = an_item(alice, wishlist, quantity=6)
    made = reserve(bob, cups)
    path = f"/reservations/{made['id']}"
    changed = bob.patch(path, {"units": 3, "status": "purchased", "message": "Kisses"})
    assert (changed["units"], changed["status"], changed["message"]) == (3, "purchased", "Kisses")
    assert changed["item"]["units_free"] == 3
    assert bob.get(path) == changed
    assert bob.put(path, {"units": 1, "status": "reserved", "message": None})["message"] is None
    for method, body in (("GET", None), ("PATCH", {"units": 2}), ("DELETE", None)):
        carol.refused(method, path, body, status=404, code="no_such_reservation")


@covers("DELETE /reservations/{id}")
def test_giver_releases_a_reservation(bob: Person, item: Json) -> None:
    path = f"/reservations/{reserve(bob, item)['id']}"
    bob.delete(path)
    bob.delete(path, expect=404)
    assert bob.get(item_path(item)) == item


def test_reserving_too_many_units_is_refused(
    alice: Person, bob: Person, carol: Person, wishlist: Json
) -> None:
    cups = an_item(alice, wishlist, quantity=3)
    made = reserve(bob, cups, units=2)
    lost = reserve(carol, cups, units=2, expect=409)
    assert lost["code"] == "reservation_conflict"
    assert lost["current_item"]["units_free"] == 1
    reserve(carol, cups, units=1)
    assert (
        bob.patch(f"/reservations/{made['id']}", {"units": 3}, expect=409)["code"] == "reservation_conflict"
    )


@pytest.mark.parametrize("units", [0, -1, 1.5, "many", 2**63])
def test_units_must_be_a_positive_integer(bob: Person, item: Json, units: Json) -> None:
    reserve(bob, item, units=units, expect=400)


def test_reservation_keeps_the_price_of_its_day(alice: Person, bob: Person, item: Json) -> None:
    made = reserve(bob, item)
    alice.patch(item_path(item), {"price": 60, "currency": "USD"})
    kept = bob.get(f"/reservations/{made['id']}")
    assert (kept["price"], kept["currency"]) == (49.9, "EUR")


def test_reservation_of_a_removed_item_stays_in_my_gifts(alice: Person, bob: Person, item: Json) -> None:
    made = reserve(bob, item)
    alice.delete(item_path(item))
    assert bob.get(f"/reservations/{made['id']}")["item"]["id"] == item["id"]
    bob.delete(f"/reservations/{made['id']}")
