"""Lists: making, reading, changing, sorting and withdrawing them."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import (
    Client,
    Json,
    Person,
    a_link,
    a_list,
    an_item,
    let_in,
    set_status,
)

FIELDS = (
    "id owner_id title description is_public sort_order due_date created_at updated_at "
    "policy reveal_at names_shown my_role i_am_recipient"
)
RFC_3339_IN_UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$"


@covers("POST /wishlists", "answer /wishlists: 201", *each("Wishlist.", FIELDS), "body /wishlists: title")
def test_list_can_have_only_a_title(alice: Person) -> None:
    made = alice.post("/wishlists", {"title": "Birthday"})
    assert made.keys() >= set(FIELDS.split())
    assert str(UUID(made["id"])) == made["id"]
    assert made["owner_id"] == alice.id
    assert (made["description"], made["due_date"], made["reveal_at"]) == (None, None, None)
    assert (made["is_public"], made["policy"], made["my_role"]) == (False, "surprise", "owner")
    assert made["i_am_recipient"] is True
    assert type(made["sort_order"]) is int
    assert made["names_shown"] is True


@covers(
    *each("body /wishlists: ", "title description is_public due_date sort_order policy reveal_at names_shown")
)
@covers(*each("Wishlist.policy=", "surprise status open"))
@pytest.mark.parametrize("policy", ["surprise", "status", "open"])
def test_list_can_have_every_field(alice: Person, policy: str) -> None:
    given = {
        "title": "Wedding",
        "description": "Nothing that ticks",
        "is_public": True,
        "due_date": "2030-06-01",
        "sort_order": 7,
        "policy": policy,
        "names_shown": False,
    }
    made = alice.post("/wishlists", given | {"reveal_at": "2030-06-02T10:00:00+02:00"})
    assert {name: made[name] for name in given} == given
    assert made["reveal_at"] == "2030-06-02T08:00:00Z"
    assert alice.get(f"/wishlists/{made['id']}") == made


@covers("body /wishlists: title", *each("Wishlist.", "created_at updated_at"))
@says("Timestamps are RFC 3339 in UTC")
def test_times_and_values_at_the_bounds_are_accepted(alice: Person) -> None:
    made = alice.post("/wishlists", {"title": "ü" * 255})
    for name in ("created_at", "updated_at"):
        assert re.match(RFC_3339_IN_UTC, made[name])
    for title in ("ü" * 256, "", None, " "):
        alice.post("/wishlists", {"title": title}, expect=400)
    alice.post("/wishlists", {}, expect=400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("policy", "secret"),
        ("due_date", "tomorrow"),
        ("due_date", "2030-06-01T10:00:00Z"),
        ("sort_order", "first"),
        ("is_public", "perhaps"),
        ("reveal_at", "2030-06-01 at noon"),
    ],
)
@says("Dates are `YYYY-MM-DD`")
def test_invalid_field_of_a_list_is_named(alice: Person, name: str, value: object) -> None:
    problem = alice.post("/wishlists", {"title": "Birthday", name: value}, expect=400)
    assert [error["pointer"] for error in problem["errors"]] == [f"/{name}"]


@covers("GET /wishlists", *each("answer /wishlists: ", "sort_order due_date items_count purchased_count"))
def test_own_lists_come_in_order_and_before_those_of_others(
    newcomer: Callable[[str], Person], bob: Person
) -> None:
    dora = newcomer("Dora")
    others = a_list(bob, dora, title="Bob's", sort_order=-5)
    for title, order, due in (
        ("fourth", 1, None),
        ("second", 0, "2030-01-02"),
        ("first", 0, "2030-01-01"),
        ("third", 0, None),
        ("fifth", 1, None),
    ):
        a_list(dora, title=title, sort_order=order, due_date=due)
    mine = dora.get("/wishlists")
    assert [row["title"] for row in mine] == ["first", "second", "third", "fourth", "fifth", "Bob's"]
    assert mine[-1]["id"] == others["id"]
    assert all(row.keys() >= {*FIELDS.split(), "items_count", "purchased_count"} for row in mine)


@covers(*each("answer /wishlists: ", "items_count purchased_count"))
def test_list_has_counts_of_its_items(alice: Person, bob: Person, wishlist: Json) -> None:
    for title in ("Kettle", "Lamp"):
        bought = an_item(alice, wishlist, title=title)
    set_status(bob, bought, "purchased")
    row = bob.place(wishlist)
    assert (row["items_count"], row["purchased_count"]) == (2, 1)
    assert (row["my_role"], row["i_am_recipient"]) == ("viewer", False)


@covers("PATCH /wishlists/reorder", "answer /wishlists/reorder: 200", "body /wishlists/reorder: order")
@covers(*each("body /wishlists/reorder: order.", "id sort_order"))
@says("only own lists move", "PUT is offered wherever PATCH is")
def test_lists_can_be_reordered(newcomer: Callable[[str], Person], bob: Person) -> None:
    dora = newcomer("Dora")
    one, two, bobs = a_list(dora, title="one"), a_list(dora, title="two"), a_list(bob, dora, title="Bob's")
    order = [{"id": row["id"], "sort_order": place} for place, row in enumerate((bobs, two, one))]
    lists = dora.patch("/wishlists/reorder", {"order": order})
    assert [row["title"] for row in lists] == ["two", "one", "Bob's"]
    assert [row["sort_order"] for row in lists] == [1, 2, bobs["sort_order"]]
    assert dora.get("/wishlists") == lists
    again = dora.put("/wishlists/reorder", {"order": [{"id": one["id"], "sort_order": 0}]})
    assert [row["title"] for row in again] == ["one", "two", "Bob's"]


@pytest.mark.parametrize(
    "body", [{}, {"order": None}, {"order": [{"id": "x", "sort_order": 0}]}, {"order": [7]}]
)
def test_invalid_order_is_refused(alice: Person, body: Json) -> None:
    alice.patch("/wishlists/reorder", body, expect=400)


@covers("GET /wishlists/{id}", *each("Wishlist.", "my_role i_am_recipient"))
def test_list_shows_each_member_their_own_role(alice: Person, bob: Person, carol: Person) -> None:
    made = a_list(alice, bob, editor=carol)
    path = f"/wishlists/{made['id']}"
    roles = {person.name: person.get(path) for person in (alice, bob, carol)}
    assert {name: row["my_role"] for name, row in roles.items()} == {
        "Alice": "owner",
        "Bob": "viewer",
        "Carol": "editor",
    }
    assert [name for name, row in roles.items() if row["i_am_recipient"]] == ["Alice"]
    shared = [{key: row[key] for key in FIELDS.split()[:-2]} for row in roles.values()]
    assert shared[0] == shared[1] == shared[2]


@covers("PATCH /wishlists/{id}", "Wishlist.updated_at")
@says(
    "null clears texts, dates, URLs and prices and leaves a non-nullable field as it is", '`""` equals null'
)
def test_list_can_be_changed(alice: Person) -> None:
    made = a_list(
        alice, description="Soon", due_date="2030-06-01", reveal_at="2030-06-02T00:00:00Z", sort_order=3
    )
    path = f"/wishlists/{made['id']}"
    cleared = alice.patch(path, {"description": None, "due_date": None, "reveal_at": None})
    assert (cleared["description"], cleared["due_date"], cleared["reveal_at"]) == (None, None, None)
    kept = dict.fromkeys(("title", "is_public", "sort_order", "policy", "names_shown"))
    left = alice.patch(path, kept)
    assert {name: left[name] for name in kept} == {name: made[name] for name in kept}
    assert alice.put(path, {"description": ""})["description"] is None
    assert alice.patch(path, {"title": "Name day", "is_public": True})["title"] == "Name day"
    assert alice.get(path)["updated_at"] > made["updated_at"]


@covers("DELETE /wishlists/{id}", "answer /wishlists/{id}: 204")
def test_list_can_be_withdrawn(alice: Person, bob: Person, wishlist: Json, item: Json) -> None:
    path = f"/wishlists/{wishlist['id']}"
    alice.delete(path)
    for person in (alice, bob):
        for gone in (path, f"{path}/items", f"/items/{item['id']}"):
            person.get(gone, expect=404)
        assert wishlist["id"] not in [row["id"] for row in person.get("/wishlists")]
    alice.delete(path, expect=404)


@covers("GET /wishlists/{id}/delete-impact")
@covers(*each("answer /wishlists/{id}/delete-impact: ", "shared_with_count contributors_count"))
def test_preview_of_deletion_counts_what_is_affected(alice: Person, bob: Person, carol: Person) -> None:
    made = a_list(alice, bob, carol, policy="open")
    item = an_item(alice, made)
    for person, amount in ((bob, 5), (bob, 6), (carol, 7)):
        person.post(f"/wishlists/{made['id']}/items/{item['id']}/contributions", {"amount": amount})
    path = f"/wishlists/{made['id']}/delete-impact"
    assert alice.get(path) == {"shared_with_count": 2, "contributors_count": 2}
    bob.refused("GET", path, status=403, code="owner_only")


INSIDE = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("GET", "/delete-impact"),
    ("GET", "/items"),
    ("POST", "/items"),
    ("GET", "/activity"),
    ("GET", "/shares"),
    ("POST", "/shares"),
    ("GET", "/public-link"),
    ("POST", "/public-link"),
    ("DELETE", "/public-link"),
    ("GET", "/suggestions"),
]


@says("A list that the asker may not know of answers 404, not 403", "otherwise only the people let in")
@pytest.mark.parametrize(("method", "below"), INSIDE)
def test_stranger_gets_404_as_for_an_unknown_list(
    charlie: Person, wishlist: Json, method: str, below: str
) -> None:
    nowhere = "00000000-0000-4000-8000-00000000dead"
    body = None if method in ("GET", "DELETE") else {"title": "x", "email": charlie.email, "role": "viewer"}
    there = charlie.ask(method, f"/wishlists/{wishlist['id']}{below}", body)
    not_there = charlie.ask(method, f"/wishlists/{nowhere}{below}", body)
    assert there.status_code == not_there.status_code == 404
    assert there.json() | {"instance": ""} == not_there.json() | {"instance": ""}


def test_invalid_id_gets_404(alice: Person) -> None:
    for path in ("/wishlists/7", "/items/x", "/reservations/none"):
        alice.get(path, expect=404)


@says(
    "anyone signed in (of the same tenant) who knows the id reads it as PUBLIC and may reserve, chip in and suggest"
)
def test_anybody_who_knows_the_id_reads_a_public_list(alice: Person, charlie: Person, anyone: Client) -> None:
    made = a_list(alice, is_public=True)
    item = an_item(alice, made)
    seen = charlie.get(f"/wishlists/{made['id']}")
    assert (seen["my_role"], seen["i_am_recipient"]) == (None, False)
    assert made["id"] not in [row["id"] for row in charlie.get("/wishlists")]
    path = f"/wishlists/{made['id']}/items/{item['id']}"
    charlie.post(f"{path}/contributions", {"amount": 5})
    taken = charlie.patch(path, {"reservation_status": "reserved"})
    assert (taken["reservation_status"], taken["reserved_by_id"]) == ("reserved", None)
    charlie.patch(path, {"title": "Mine"}, expect=403)
    token = a_link(alice, made)
    suggested = charlie.post("/public/wishlists/suggestions", {"title": "Book"}, params={"token": token})
    assert suggested["suggested_by_id"] == charlie.id
    anyone.get(f"/wishlists/{made['id']}", expect=401)


def test_shared_list_appears_among_the_new_members_lists(alice: Person, charlie: Person) -> None:
    made = a_list(alice)
    let_in(alice, made, charlie)
    assert charlie.place(made)["my_role"] == "viewer"
