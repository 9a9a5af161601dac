"""Items over REST: fields, money, roles, and reserving by `reservation_status`."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Wishlist
from wishlists.services.lists.people import share_wishlist


@pytest.fixture
def path(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}/items"


def test_an_item_is_made_with_a_title_alone(as_alice: Api, path: str, settings: LazySettings) -> None:
    made = as_alice("POST", path, {"title": "Book"})
    assert made.status_code == 201
    body = made.json()
    expected = {
        "description": None,
        "link_url": None,
        "image_url": None,
        "price": None,
        "currency": settings.DEFAULT_CURRENCY,
        "position": 0,
        "quantity": 1,
        "units_free": 1,
        "reservation_status": "available",
        "contributed_total": 0,
        "contributed_by_id": None,
    }
    assert {name: body[name] for name in expected} == expected
    assert as_alice("POST", path, {"title": "Next"}).json()["position"] == 1


def test_items_come_by_position(as_alice: Api, path: str) -> None:
    for title, position in (("c", 7), ("a", -2), ("b", 0)):
        as_alice("POST", path, {"title": title, "position": position})
    assert [row["title"] for row in as_alice("GET", path).json()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("price", "currency", "seen"),
    [
        (49.9, "EUR", 49.9),
        (50, "eur", 50),
        (1500, "JPY", 1500),
        (1.234, "KWD", 1.234),
        (0, None, 0),
        ("12.50", "USD", 12.5),
    ],
)
def test_prices_are_numbers_in_the_major_unit(
    price: Any, currency: str | None, seen: float, as_alice: Api, path: str
) -> None:
    body = as_alice("POST", path, {"title": "x", "price": price, "currency": currency}).json()
    assert body["price"] == seen
    assert body["currency"] == (currency or "EUR").upper()


@pytest.mark.parametrize(
    "body",
    [
        {"price": 1.234},
        {"price": 1.5, "currency": "JPY"},
        {"price": -1},
        {"price": "a lot"},
        {"price": True},
        {"price": 10**18},
        {"currency": "XXY"},
        {"currency": 5},
        {"quantity": 0},
        {"quantity": 10_001},
        {"quantity": "many"},
        {"position": 2**31},
        {"position": -(2**31) - 1},
        {"link_url": "ftp://example.com/"},
        {"link_url": "javascript:alert(1)"},
        {"image_url": "https://example.com/" + "x" * 2048},
        {"title": "x" * 513},
        {"title": {"en": "x"}},
        {"description": ["x"]},
    ],
    ids=lambda body: str(body)[:40],
)
def test_bad_values_are_named(body: dict[str, Any], as_alice: Api, path: str, item: Item) -> None:
    whole = {"title": "x", **body}
    for answer in (as_alice("POST", path, whole), as_alice("PATCH", f"{path}/{item.pk}", body)):
        assert refused(answer) == (400, "invalid_input")
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(body))}"


def test_a_price_is_judged_in_the_items_own_currency(as_alice: Api, path: str) -> None:
    item = as_alice("POST", path, {"title": "x", "currency": "JPY"}).json()["id"]
    assert as_alice("PATCH", f"/items/{item}", {"price": 9.5}).status_code == 400
    assert as_alice("PATCH", f"/items/{item}", {"price": 950}).json()["price"] == 950


def test_a_new_currency_keeps_what_people_read_and_is_judged_too(as_alice: Api, item: Item) -> None:
    assert as_alice("PATCH", f"/items/{item.pk}", {"currency": "JPY"}).status_code == 400
    body = as_alice("PATCH", f"/items/{item.pk}", {"currency": "KWD"}).json()
    assert (body["price"], body["currency"]) == (49.9, "KWD")


def test_null_empties_and_leaves(as_alice: Api, path: str) -> None:
    full = {
        "title": "x",
        "description": "words",
        "link_url": "https://example.com/",
        "image_url": "https://example.com/x.jpg",
        "price": 5,
        "currency": "USD",
        "position": 3,
        "quantity": 2,
    }
    item = as_alice("POST", path, full).json()["id"]
    body = as_alice("PATCH", f"/items/{item}", dict.fromkeys(full)).json()
    assert [body[name] for name in ("description", "link_url", "image_url", "price", "quantity")] == [
        None
    ] * 5
    assert (body["title"], body["currency"], body["position"]) == ("x", "USD", 3)


def test_empty_texts_equal_null(as_alice: Api, item: Item) -> None:
    empty = {"description": "", "link_url": "", "image_url": "", "currency": ""}
    body = as_alice("PATCH", f"/items/{item.pk}", {"description": "words"}).json()
    body = as_alice("PUT", f"/items/{item.pk}", empty).json()
    assert (body["description"], body["link_url"], body["image_url"], body["currency"]) == (
        None,
        None,
        None,
        "EUR",
    )


def test_a_list_holds_so_many_items(as_alice: Api, path: str, item: Item, settings: LazySettings) -> None:
    settings.MAX_ITEMS_A_LIST = 2
    assert as_alice("POST", path, {"title": "x"}).status_code == 201
    assert refused(as_alice("POST", path, {"title": "x"})) == (409, "list_full")


def test_an_editor_adds_edits_and_deletes(
    as_alice: Api, as_bob: Api, alice: User, bob: User, wishlist: Wishlist, path: str
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=bob.email, role="editor")
    made = as_bob("POST", path, {"title": "From Bob"}).json()
    assert made["contributed_by_id"] == str(bob.pk)
    assert as_alice("GET", f"{path}/{made['id']}").json()["contributed_by_id"] == str(bob.pk)
    assert as_bob("PATCH", f"{path}/{made['id']}", {"title": "New"}).json()["title"] == "New"
    assert as_bob("DELETE", f"{path}/{made['id']}").status_code == 204
    assert as_bob("GET", f"{path}/{made['id']}").status_code == 404


def test_a_viewer_does_not(as_bob: Api, path: str, item: Item) -> None:
    assert refused(as_bob("POST", path, {"title": "x"})) == (403, "editor_only")
    assert refused(as_bob("PATCH", f"{path}/{item.pk}", {"title": "x"})) == (403, "editor_only")
    assert refused(as_bob("DELETE", f"{path}/{item.pk}")) == (403, "editor_only")


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_a_stranger_learns_nothing(method: str, as_charlie: Api, path: str, item: Item) -> None:
    body = {"reservation_status": "reserved"}
    for address in (f"{path}/{item.pk}", f"/items/{item.pk}", f"/items/{uuid4()}"):
        assert refused(as_charlie(method, address, body)) == (404, "no_such_item")
    assert as_charlie("GET", path).status_code == 404


def test_an_item_is_not_found_under_another_list(as_alice: Api, item: Item) -> None:
    other = as_alice("POST", "/wishlists", {"title": "Other"}).json()["id"]
    assert refused(as_alice("GET", f"/wishlists/{other}/items/{item.pk}")) == (404, "no_such_item")


def test_fields_and_reservation_in_one_request(
    as_bob: Api, alice: User, bob: User, wishlist: Wishlist, item: Item
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=bob.email, role="editor")
    body = {"title": "Kettle, red", "reservation_status": "reserved", "reservation_message": "mine"}
    answer = as_bob("PATCH", f"/items/{item.pk}", body).json()
    assert answer["title"] == "Kettle, red"
    assert (answer["reserved_by_id"], answer["reservation_message"]) == (str(bob.pk), "mine")


def test_all_or_nothing(
    as_bob: Api, as_dora: Api, alice: User, bob: User, dora: User, wishlist: Wishlist, item: Item
) -> None:
    for email, role in ((bob.email, "editor"), (dora.email, "viewer")):
        share_wishlist(wishlist=wishlist, by=alice, email=email, role=role)
    as_dora("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    answer = as_bob("PATCH", f"/items/{item.pk}", {"title": "New", "reservation_status": "reserved"})
    assert answer.status_code == 409
    assert answer.json()["current_item"]["title"] == "Kettle"


def test_a_viewer_may_send_the_whole_item_back(as_bob: Api, item: Item) -> None:
    whole = as_bob("GET", f"/items/{item.pk}").json()
    answer = as_bob("PUT", f"/items/{item.pk}", whole | {"reservation_status": "reserved"})
    assert answer.status_code == 200
    assert answer.json()["reservation_status"] == "reserved"


def test_a_lost_reservation_says_what_is_there_now(
    as_bob: Api, as_dora: Api, alice: User, dora: User, wishlist: Wishlist, item: Item, bob: User
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    lost = as_dora("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert lost.status_code == 409
    assert lost["Content-Type"] == "application/problem+json"
    body = lost.json()
    assert body["code"] == "reservation_conflict"
    assert body["current_item"]["reserved_by_id"] == str(bob.pk)
    assert body["detail"]["code"] == "reservation_conflict"
    assert body["detail"]["current_item"] == body["current_item"]
    named = as_dora(
        "PATCH",
        f"/items/{item.pk}",
        {"reservation_status": "reserved"},
        headers={"accept": "application/problem+json"},
    ).json()
    assert isinstance(named["detail"], str)
    freed = as_dora("PATCH", f"/items/{item.pk}", {"reservation_status": "available"})
    assert refused(freed) == (403, "not_holder")


def test_the_public_reserves_as_itself_and_sees_no_persons(
    as_charlie: Api, as_bob: Api, charlie: User, wishlist: Wishlist, item: Item
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    answer = as_charlie(
        "PATCH", f"/items/{item.pk}", {"reservation_status": "reserved", "reservation_message": "x"}
    )
    assert answer.status_code == 200
    body = answer.json()
    assert (body["reservation_status"], body["units_free"]) == ("reserved", 0)
    assert [
        body[name] for name in ("reserved_by_id", "reserved_by_name", "reserved_at", "reservation_message")
    ] == [None] * 4
    assert as_bob("GET", f"/items/{item.pk}").json()["reserved_by_id"] == str(charlie.pk)
    assert refused(as_charlie("PATCH", f"/items/{item.pk}", {"title": "x"})) == (403, "editor_only")


def test_the_recipient_sees_what_was_there_before(as_alice: Api, as_bob: Api, item: Item) -> None:
    before = as_alice("GET", f"/items/{item.pk}").content
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased", "reservation_message": "shh"})
    as_bob(
        "POST",
        f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions",
        {"amount": 5, "status": "paid"},
    )
    assert as_alice("GET", f"/items/{item.pk}").content == before


def test_a_trailing_slash_is_ignored(as_alice: Api, path: str) -> None:
    assert as_alice("POST", f"{path}/", {"title": "x"}).status_code == 201
    assert as_alice("GET", f"{path}/").status_code == 200


def test_pages_of_items(as_alice: Api, path: str) -> None:
    for number in range(5):
        as_alice("POST", path, {"title": f"{number}"})
    page = as_alice("GET", f"{path}?page=2&page_size=2")
    assert [row["title"] for row in page.json()] == ["2", "3"]
    assert page["X-Total-Count"] == "5"
