"""Conventions that hold for every address: slashes, arrays and pages, methods, health."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Client, Json, Person, a_link, a_list, an_item, item_path


@covers("GET /health", *each("answer /health: ", "200 status"))
def test_health(anyone: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer x.y.z"}):
        assert anyone.get("/health", headers=headers)["status"] == "ok"


@says("`GET /api/v1` lists the collections")
def test_root_lists_the_collections(bob: Person) -> None:
    listed = bob.get("")
    for name in ("wishlists", "reservations", "notifications"):
        assert bob.ask("GET", listed[name].partition("/api/v1")[2]).status_code == 200


@says("one is ignored wherever it comes, POST included, without a redirect")
def test_trailing_slash_is_ignored(alice: Person, bob: Person, anyone: Client, wishlist: Json) -> None:
    path = f"/wishlists/{wishlist['id']}"
    item = alice.post(f"{path}/items/", {"title": "Kettle"})
    assert alice.get(f"{path}/items/") == [item] == alice.get(f"{path}/items")
    assert alice.patch(f"{item_path(item)}/", {"title": "Teapot"})["title"] == "Teapot"
    assert alice.put(f"/items/{item['id']}/", {"title": "Pot"})["title"] == "Pot"
    assert bob.get("/users/me/") == bob.get("/users/me")
    token = alice.post(f"{path}/public-link/")["token"]
    assert anyone.get("/public/wishlists/", params={"token": token})["wishlist"]["id"] == wishlist["id"]
    alice.delete(f"{item_path(item)}/")
    assert alice.get(f"{path}/items") == []
    anyone.refused("GET", "/wishlists/", status=401, code="not_authenticated")


@says("Collections are **bare JSON arrays, whole**")
def test_collections_are_bare_arrays(alice: Person, bob: Person, wishlist: Json, item: Json) -> None:
    path = f"/wishlists/{wishlist['id']}"
    for below in ("/items", "/shares", "/suggestions", "/activity"):
        assert isinstance(alice.get(path + below), list)
    for collection in ("/wishlists", "/reservations", "/notifications", f"{item_path(item)}/reservations"):
        assert isinstance(bob.get(collection), list)


@says(
    "unless `?page=` (and `?page_size=` ≤ 200) is given; pages are told in headers (`Link`, `X-Total-Count`)"
)
def test_collections_have_pages(alice: Person) -> None:
    made = a_list(alice)
    path = f"/wishlists/{made['id']}/items"
    items = [an_item(alice, made, title=f"Wish {number}") for number in range(5)]
    whole = alice.ask("GET", path)
    assert whole.json() == items
    assert "X-Total-Count" not in whole.headers
    pages = [alice.ask("GET", f"{path}?page={number}&page_size=2") for number in (1, 2, 3)]
    assert [row for page in pages for row in page.json()] == items
    assert {page.headers["X-Total-Count"] for page in pages} == {"5"}
    assert set(pages[0].links) == {"first", "next", "last"}
    assert set(pages[1].links) == {"first", "prev", "next", "last"}
    followed = alice.http.get(pages[1].links["next"]["url"])
    assert followed.json() == pages[2].json()
    assert alice.get(f"{path}?page=1") == items


@says("`?page_size=` ≤ 200")
@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=1&page_size=201", "page=1&page_size=0", "page=-1"]
)
def test_invalid_pages_are_refused(alice: Person, wishlist: Json, query: str) -> None:
    alice.get(f"/wishlists/{wishlist['id']}/items?{query}", expect=400)


Arrange = Callable[[Person, Person, Json], str]
PAGED: dict[str, Arrange] = {
    "wishlists": lambda _alice, _bob, _item: "/wishlists",
    "reservations": lambda _alice, _bob, _item: "/reservations",
    "notifications": lambda _alice, _bob, _item: "/notifications",
    "activity": lambda _alice, _bob, item: f"/wishlists/{item['wishlist_id']}/activity",
}


@pytest.mark.parametrize("collection", PAGED)
def test_every_collection_has_pages(alice: Person, bob: Person, item: Json, collection: str) -> None:
    page = bob.ask("GET", f"{PAGED[collection](alice, bob, item)}?page=1&page_size=1")
    assert page.status_code == 200
    assert len(page.json()) <= 1
    assert page.headers["X-Total-Count"].isdecimal()
    assert "last" in page.links


@says("PUT is offered wherever PATCH is")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_put_is_offered_wherever_patch_is(
    alice: Person, bob: Person, wishlist: Json, item: Json, method: str
) -> None:
    token = a_link(alice, wishlist)
    reservation = bob.post(f"{item_path(item)}/reservations", {})
    notice = bob.get("/notifications")[0]
    for person, path in (
        (bob, "/users/me"),
        (alice, "/wishlists/reorder"),
        (alice, f"/wishlists/{wishlist['id']}"),
        (alice, item_path(item)),
        (alice, f"/items/{item['id']}"),
        (bob, f"/reservations/{reservation['id']}"),
        (bob, f"/public/wishlists/items/{item['id']}?token={token}"),
        (bob, f"/notifications/{notice['id']}/read"),
    ):
        body: Json = {"order": []} if path.endswith("reorder") else {}
        body = {"reservation_status": "reserved"} if path.startswith("/public") else body
        assert person.ask(method, path, body).status_code == 200, path


def test_unsupported_method_gets_the_supported_ones(alice: Person) -> None:
    answer = alice.ask("DELETE", "/wishlists")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
