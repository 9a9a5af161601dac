"""The activity log of a list, for each audience."""

from __future__ import annotations

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Json, Person, a_list, an_item, set_status

FIELDS = "id kind user_id item_id created_at"


@covers("GET /wishlists/{id}/activity", *each("answer /wishlists/{id}/activity: ", FIELDS))
@covers(*each("activity ", "item_added item_reserved item_purchased"))
@says("Adding an item as someone other than the owner sets `contributed_by_id` and logs an activity")
def test_givers_read_the_whole_log(alice: Person, bob: Person, carol: Person) -> None:
    made = a_list(alice, bob, editor=carol)
    item = an_item(carol, made)
    set_status(bob, item, "reserved")
    set_status(bob, item, "purchased")
    rows = bob.get(f"/wishlists/{made['id']}/activity")
    assert all(row.keys() >= set(FIELDS.split()) for row in rows)
    assert rows == sorted(rows, key=lambda row: row["created_at"], reverse=True)
    about = [(row["kind"], row["user_id"]) for row in reversed(rows) if row["item_id"] == item["id"]]
    assert about == [("item_added", carol.id), ("item_reserved", bob.id), ("item_purchased", bob.id)]


@covers("answer /wishlists/{id}/activity: kind")
@says("as the asker may see it")
def test_recipients_see_no_giving_in_the_log(alice: Person, bob: Person, wishlist: Json, item: Json) -> None:
    before = alice.get(f"/wishlists/{wishlist['id']}/activity")
    set_status(bob, item, "reserved")
    set_status(bob, item, "purchased")
    set_status(bob, item, "available")
    assert alice.get(f"/wishlists/{wishlist['id']}/activity") == before


def test_public_sees_no_names_in_the_log(alice: Person, bob: Person, charlie: Person) -> None:
    made = a_list(alice, bob, is_public=True)
    set_status(bob, an_item(alice, made), "reserved")
    rows = charlie.get(f"/wishlists/{made['id']}/activity")
    assert {row["user_id"] for row in rows} <= {None}
    assert "item_added" in [row["kind"] for row in rows]
