"""Items: adding, reading, changing and withdrawing them, at their own address and on their list."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.installation import Installation
from tests.contract.support.people import Json, Person, a_list, an_item, item_path, set_status

FIELDS = (
    "id wishlist_id title description link_url image_url price currency position reservation_status "
    "reserved_by_id reserved_at reservation_message contributed_by_id contributed_total contributed_pledged "
    "contributed_paid created_at updated_at quantity units_free reserved_by_name received_at"
)
UNTOUCHED = {
    "reservation_status": "available",
    "reserved_by_id": None,
    "reserved_by_name": None,
    "reserved_at": None,
    "reservation_message": None,
    "contributed_by_id": None,
    "contributed_total": 0,
    "contributed_pledged": 0,
    "contributed_paid": 0,
    "received_at": None,
}


@covers("POST /wishlists/{id}/items", "answer /wishlists/{id}/items: 201", *each("Item.", FIELDS))
@covers("body /wishlists/{id}/items: title")
@says("no currency given means the site's `DEFAULT_CURRENCY`, and it is returned")
def test_item_can_have_only_a_title(alice: Person, wishlist: Json) -> None:
    made = alice.post(f"/wishlists/{wishlist['id']}/items", {"title": "Kettle"})
    assert made.keys() >= set(FIELDS.split())
    assert made.items() >= UNTOUCHED.items()
    assert str(UUID(made["id"])) == made["id"]
    assert (made["wishlist_id"], made["title"]) == (wishlist["id"], "Kettle")
    assert [made[name] for name in ("description", "link_url", "image_url", "price")] == [None] * 4
    assert made["currency"] == "EUR"
    assert (made["quantity"], made["units_free"], made["position"]) == (1, 1, 0)


@covers(*each("body /wishlists/{id}/items: ", "title description link_url image_url price currency position"))
def test_item_can_have_every_field(alice: Person, wishlist: Json) -> None:
    given = {
        "title": "Kettle",
        "description": "The red one",
        "link_url": "https://shop.example/kettle?colour=red",
        "image_url": "http://shop.example/kettle.jpg",
        "price": 49.9,
        "currency": "USD",
        "position": 4,
        "quantity": 3,
    }
    made = alice.post(f"/wishlists/{wishlist['id']}/items", given)
    assert made.items() >= given.items()
    assert made["units_free"] == 3
    assert alice.get(item_path(made)) == made


@covers("Item.quantity", "Item.units_free")
def test_item_without_a_quantity_has_no_limit(
    alice: Person, bob: Person, carol: Person, wishlist: Json
) -> None:
    made = an_item(alice, wishlist, quantity=None)
    assert (made["quantity"], made["units_free"]) == (None, None)
    for person in (bob, carol):
        assert set_status(person, made, "reserved")["reservation_status"] == "available"


WRONG = [
    ("title", "x" * 513),
    ("title", ""),
    ("title", None),
    ("link_url", "ftp://shop.example/"),
    ("link_url", "javascript:alert(1)"),
    ("link_url", "https://shop.example/" + "x" * 2048),
    ("image_url", "data:image/png;base64,AAAA"),
    ("image_url", "https://shop.example/" + "x" * 2048),
    ("price", -0.01),
    ("price", "much"),
    ("currency", "XXL"),
    ("position", "first"),
    ("quantity", 0),
]


@covers(*each("body /wishlists/{id}/items: ", "title link_url image_url price currency position"))
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_invalid_field_of_an_item_is_named(alice: Person, wishlist: Json, name: str, value: Json) -> None:
    path = f"/wishlists/{wishlist['id']}/items"
    problem = alice.post(path, {"title": "Kettle", name: value}, expect=400)
    assert {error["pointer"] for error in problem["errors"]} == {f"/{name}"}


def test_values_at_the_bounds_are_accepted(alice: Person, wishlist: Json) -> None:
    link = "https://shop.example/" + "x" * (2048 - len("https://shop.example/"))
    made = an_item(alice, wishlist, title="ü" * 512, link_url=link, image_url=link, price=0)
    assert (len(made["title"]), made["link_url"], made["price"]) == (512, link, 0)


@covers("GET /wishlists/{id}/items", *each("answer /wishlists/{id}/items: ", "position created_at id"))
def test_items_are_sorted_by_position_age_and_id(alice: Person, wishlist: Json) -> None:
    for title, position in (("second", 1), ("third", 1), ("first", 0)):
        an_item(alice, wishlist, title=title, position=position)
    rows = alice.get(f"/wishlists/{wishlist['id']}/items")
    assert [row["title"] for row in rows] == ["first", "second", "third"]
    assert rows == sorted(rows, key=lambda row: (row["position"], row["created_at"], row["id"]))
    assert an_item(alice, wishlist, title="last")["position"] == 2


@covers("GET /wishlists/{id}/items/{itemId}", "GET /items/{itemId}")
def test_both_addresses_of_an_item_answer_the_same(
    alice: Person, bob: Person, wishlist: Json, item: Json
) -> None:
    for person in (alice, bob):
        assert person.get(item_path(item)) == person.get(f"/items/{item['id']}") == item
        assert person.get(f"/wishlists/{wishlist['id']}/items") == [item]


def test_item_is_not_found_on_another_list(alice: Person, charlie: Person, item: Json) -> None:
    other = a_list(alice)
    alice.get(f"/wishlists/{other['id']}/items/{item['id']}", expect=404)
    for method in ("GET", "PATCH", "DELETE"):
        for path in (item_path(item), f"/items/{item['id']}"):
            charlie.refused(method, path, {} if method == "PATCH" else None, status=404, code="no_such_item")


@covers("PATCH /wishlists/{id}/items/{itemId}", "PATCH /items/{itemId}", "Item.updated_at")
@says("PUT is offered wherever PATCH is")
@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("verb", ["patch", "put"])
def test_item_can_be_changed(alice: Person, item: Json, verb: str, alone: bool) -> None:
    path = f"/items/{item['id']}" if alone else item_path(item)
    given = {
        "title": "Teapot",
        "description": "Blue",
        "price": 20,
        "currency": "CHF",
        "position": 9,
        "quantity": 2,
    }
    changed = getattr(alice, verb)(path, given)
    assert changed.items() >= given.items()
    assert changed["units_free"] == 2
    assert changed["updated_at"] > item["updated_at"]
    assert changed["created_at"] == item["created_at"]
    assert alice.get(path) == changed


@says(
    "null clears texts, dates, URLs and prices and leaves a non-nullable field as it is", '`""` equals null'
)
def test_null_clears_optional_fields_and_leaves_the_others(alice: Person, wishlist: Json) -> None:
    link = "https://shop.example/kettle"
    made = an_item(
        alice, wishlist, description="Red", link_url=link, image_url=link, currency="USD", position=3
    )
    optional = dict.fromkeys(("description", "link_url", "image_url", "price"))
    assert alice.patch(item_path(made), optional).items() >= optional.items()
    firm = dict.fromkeys(("title", "currency", "position", "reservation_status"))
    left = alice.patch(item_path(made), firm)
    assert {name: left[name] for name in firm} == {name: made[name] for name in firm}
    texts = {"description": "Red", "link_url": link, "image_url": link}
    alice.patch(item_path(made), texts)
    assert alice.patch(item_path(made), dict.fromkeys(texts, "")).items() >= dict.fromkeys(texts).items()


@covers(
    "DELETE /wishlists/{id}/items/{itemId}",
    "DELETE /items/{itemId}",
    "answer /wishlists/{id}/items/{itemId}: 204",
)
@pytest.mark.parametrize("alone", [False, True])
def test_item_can_be_withdrawn(alice: Person, bob: Person, wishlist: Json, item: Json, alone: bool) -> None:
    path = f"/items/{item['id']}" if alone else item_path(item)
    alice.delete(path)
    alice.delete(path, expect=404)
    for person in (alice, bob):
        person.get(path, expect=404)
        assert person.get(f"/wishlists/{wishlist['id']}/items") == []


@says("what recipients themselves set")
def test_withdrawing_answers_the_same_for_a_taken_item(alice: Person, bob: Person, wishlist: Json) -> None:
    free, taken = an_item(alice, wishlist), an_item(alice, wishlist)
    set_status(bob, taken, "purchased")
    answers = [alice.ask("DELETE", item_path(item)) for item in (free, taken)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}


MANY_WISHES = """
from core.db.change import change
from wishlists.access.audience import Viewer
from wishlists.models import Wishlist
from wishlists.services.lists.items import add_item

owner = Wishlist.objects.get(pk="{wishlist}").owner
wishlist = Wishlist.objects.get(pk="{wishlist}")
with change():
    for number in range(499):
        add_item(wishlist=wishlist, by=Viewer(user=owner), title=f"Wish {{number}}")
"""


@pytest.mark.once
@says("a list holds at most 500 items: 409 `list_full`")
def test_list_holds_500_items(alice: Person, installation: Installation) -> None:
    made = a_list(alice)
    installation.do(MANY_WISHES.format(wishlist=made["id"]))
    an_item(alice, made, title="The last")
    alice.refused(
        "POST", f"/wishlists/{made['id']}/items", {"title": "One more"}, status=409, code="list_full"
    )
    rows = alice.get(f"/wishlists/{made['id']}/items")
    assert len(rows) == 500
    alice.delete(item_path(rows[0]))
    an_item(alice, made, title="One more")
