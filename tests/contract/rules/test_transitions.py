"""PATCH of `reservation_status`: each row of the contract's table, by everybody whom the row names."""

from __future__ import annotations

from collections.abc import Callable

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
    set_status,
)

STATES = ["available", "reserved", "purchased"]
GIVERS = ["Bob", "guest"]

Patch = Callable[..., Json]


@pytest.fixture(params=GIVERS)
def giver(
    request: pytest.FixtureRequest, bob: Person, alice: Person, anyone: Client, wishlist: Json
) -> Patch:
    """Return how to set a status: once as a giver with an account, and once as a guest."""
    if request.param == "Bob":
        return lambda item, status, **options: set_status(bob, item, status, **options)
    return Guest(anyone, a_link(alice, wishlist)).set_status


@covers(*each("a giver or guest, free or own -> ", "reserved purchased available"))
@says("200 (own purchased goes back to reserved)")
@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("to", STATES)
def test_giver_changes_a_free_item_or_their_own_reservation(
    giver: Patch, item: Json, before: str, to: str
) -> None:
    if before != "available":
        giver(item, before)
    changed = giver(item, to)
    assert (changed["reservation_status"], changed["units_free"]) == (to, int(to == "available"))


@covers(
    *each("the same, another's -> ", "reserved purchased available"),
    "answer /wishlists/{id}/items/{itemId}: 409",
)
@pytest.mark.parametrize("held", ["reserved", "purchased"])
@pytest.mark.parametrize("to", STATES)
def test_giver_cannot_change_anothers_reservation(
    giver: Patch, carol: Person, item: Json, held: str, to: str
) -> None:
    before = set_status(carol, item, held)
    problem = giver(item, to, expect=403 if to == "available" else 409)
    assert problem["code"] == ("not_holder" if to == "available" else "reservation_conflict")
    assert carol.get(item_path(item)) == before


MARKS = {"reserved": ("reserved", False), "purchased": ("purchased", True), "available": ("available", False)}


@covers(*each("a recipient -> ", "reserved purchased available"), "Item.received_at")
@says("it always works, answers the same whether or not anyone had reserved, shows as theirs to all")
@pytest.mark.parametrize("taken", STATES)
@pytest.mark.parametrize("to", STATES)
def test_recipient_marks_an_item(
    alice: Person, bob: Person, carol: Person, item: Json, taken: str, to: str
) -> None:
    if taken != "available":
        set_status(bob, item, taken)
    marked = set_status(alice, item, to)
    shown, received = MARKS[to]
    assert marked["reservation_status"] == shown
    assert (marked["received_at"] is not None) is received
    assert marked["units_free"] == int(to == "available")
    seen = carol.get(item_path(item))
    assert seen["reservation_status"] == (taken if to == "available" else shown)
    assert seen["received_at"] == marked["received_at"]
    if to != "available":
        assert (seen["reserved_by_id"], seen["reserved_by_name"]) == (alice.id, "Alice")


@says("whether or not anyone had reserved")
@pytest.mark.parametrize("to", STATES)
def test_answer_to_a_mark_does_not_show_whether_the_item_was_taken(
    alice: Person, bob: Person, wishlist: Json, to: str
) -> None:
    answers = []
    for taken in (False, True):
        item = an_item(alice, wishlist, position=0)
        if taken:
            set_status(bob, item, "purchased", reservation_message="Surprise")
        answer = set_status(alice, item, to)
        answers.append({name: value for name, value in answer.items() if name not in ("id", *TIMES)})
    assert answers[0] == answers[1]


TIMES = ("created_at", "updated_at", "received_at", "reserved_at")


@says("closes the item to new givers (409)", "whose reservations stay")
@pytest.mark.parametrize("mark", ["reserved", "purchased"])
def test_mark_closes_the_item_and_keeps_reservations(
    giver: Patch, alice: Person, carol: Person, wishlist: Json, item: Json, mark: str
) -> None:
    set_status(carol, item, "reserved")
    set_status(alice, item, mark)
    giver(item, "reserved", expect=409)
    [reservation] = [row for row in carol.get("/reservations") if row["item"]["id"] == item["id"]]
    assert reservation["status"] == "reserved"
    free = an_item(alice, wishlist)
    set_status(alice, free, mark)
    giver(free, "reserved", expect=409)
    set_status(alice, free, "available")
    giver(free, "reserved")


@says("is told to those who had taken it")
def test_holders_are_notified_of_a_mark(alice: Person, bob: Person, wishlist: Json) -> None:
    title = f"Kettle of {wishlist['id']}"
    item = an_item(alice, wishlist, title=title)
    set_status(bob, item, "reserved")
    set_status(alice, item, "reserved")
    notices = [row for row in bob.get("/notifications") if row["payload"].get("item_title") == title]
    assert [(row["title"] != "", row["user_id"]) for row in notices] == [(True, bob.id)]


@covers(
    "body /wishlists/{id}/items/{itemId}: reservation_message",
    "body /wishlists/{id}/items/{itemId}: reservation_status",
)
def test_message_is_sent_with_the_status_and_can_be_changed(bob: Person, item: Json) -> None:
    taken = set_status(bob, item, "reserved", reservation_message="With love")
    assert taken["reservation_message"] == "With love"
    assert bob.patch(item_path(item), {"reservation_message": "Kisses"})["reservation_message"] == "Kisses"
    assert set_status(bob, item, "purchased")["reservation_message"] == "Kisses"
    assert bob.patch(item_path(item), {"reservation_message": None})["reservation_message"] is None


@says(
    "`reservation_status` is `available` while a unit is free; when all are taken `purchased` if all are bought"
)
def test_status_of_an_item_with_several_units(
    alice: Person, bob: Person, carol: Person, wishlist: Json
) -> None:
    cups = an_item(alice, wishlist, quantity=2)
    one = set_status(bob, cups, "purchased")
    assert (one["reservation_status"], one["units_free"], one["reserved_by_id"]) == ("available", 1, None)
    both = set_status(carol, cups, "reserved")
    assert (both["reservation_status"], both["units_free"], both["reserved_by_id"]) == ("reserved", 0, None)
    assert set_status(carol, cups, "purchased")["reservation_status"] == "purchased"


@pytest.mark.parametrize("status", ["taken", "", 7, ["reserved"]])
def test_unknown_status_is_refused(bob: Person, item: Json, status: Json) -> None:
    set_status(bob, item, status, expect=400)


def test_reserving_ones_own_reservation_again_changes_nothing(giver: Patch, item: Json) -> None:
    assert giver(item, "reserved") == giver(item, "reserved")


def test_signed_in_reader_of_a_public_list_reserves_as_themselves(alice: Person, charlie: Person) -> None:
    item = an_item(alice, a_list(alice, is_public=True))
    set_status(charlie, item, "purchased")
    [reservation] = [row for row in charlie.get("/reservations") if row["item"]["id"] == item["id"]]
    assert reservation["status"] == "purchased"
