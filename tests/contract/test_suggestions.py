"""Suggestions: items that others propose."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each
from tests.contract.support.people import Client, Json, Person, a_link

SUGGEST = "/public/wishlists/suggestions?token="
FIELDS = "id wishlist_id suggested_by_id title link_url message status created_at"


@pytest.fixture
def query(alice: Person, wishlist: Json) -> dict[str, str]:
    return {"token": a_link(alice, wishlist)}


def suggest(client: Client, query: dict[str, str], **fields: Json) -> Json:
    return client.post("/public/wishlists/suggestions", {"title": "Book", **fields}, params=query)


@covers(
    f"POST {SUGGEST}",
    *each(f"body {SUGGEST}: ", "title link_url message"),
    *each(f"answer {SUGGEST}: ", f"201 {FIELDS}"),
)
def test_anyone_with_the_link_suggests(
    anyone: Client, bob: Person, wishlist: Json, query: dict[str, str]
) -> None:
    made = suggest(anyone, query, link_url="https://shop.example/book", message="You would like it")
    assert made.keys() == set(FIELDS.split())
    assert (made["wishlist_id"], made["suggested_by_id"], made["status"]) == (wishlist["id"], None, "pending")
    assert (made["title"], made["link_url"], made["message"]) == (
        "Book",
        "https://shop.example/book",
        "You would like it",
    )
    bare = suggest(bob, query)
    assert (bare["suggested_by_id"], bare["link_url"], bare["message"]) == (bob.id, None, None)


@pytest.mark.parametrize(
    "fields", [{"title": ""}, {"title": None}, {"title": "x" * 513}, {"link_url": "javascript:alert(1)"}]
)
def test_invalid_suggestion_is_refused(anyone: Client, query: dict[str, str], fields: Json) -> None:
    anyone.post("/public/wishlists/suggestions", {"title": "Book", **fields}, expect=400, params=query)
    anyone.post("/public/wishlists/suggestions", {"title": "Book"}, expect=404, params={"token": "x"})


@covers("GET /wishlists/{id}/suggestions")
def test_owner_reads_pending_suggestions(
    alice: Person, anyone: Client, bob: Person, wishlist: Json, query: dict[str, str]
) -> None:
    path = f"/wishlists/{wishlist['id']}/suggestions"
    rows = [suggest(anyone, query), suggest(bob, query)]
    assert alice.get(path) == rows
    alice.post(f"{path}/{rows[0]['id']}/reject", expect=204)
    assert alice.get(path) == rows[1:]
    bob.refused("GET", path, status=403, code="owner_only")


@covers("POST /wishlists/{id}/suggestions/{sid}/accept")
@covers(*each("answer /wishlists/{id}/suggestions/{sid}/accept: ", "204 contributed_by_id"))
def test_accepted_suggestion_becomes_an_item(
    alice: Person, bob: Person, anyone: Client, wishlist: Json, query: dict[str, str]
) -> None:
    path = f"/wishlists/{wishlist['id']}"
    for suggester, added_by in ((bob, bob.id), (anyone, None)):
        made = suggest(suggester, query, title=f"Book {added_by}", link_url="https://shop.example/book")
        alice.post(f"{path}/suggestions/{made['id']}/accept", expect=204)
        item = alice.get(f"{path}/items")[-1]
        assert (item["title"], item["link_url"]) == (made["title"], made["link_url"])
        assert item["contributed_by_id"] == added_by
    assert alice.get(f"{path}/suggestions") == []


@covers("POST /wishlists/{id}/suggestions/{sid}/reject")
def test_rejected_suggestion_makes_no_item(
    alice: Person, bob: Person, wishlist: Json, query: dict[str, str]
) -> None:
    path = f"/wishlists/{wishlist['id']}"
    made = f"{path}/suggestions/{suggest(bob, query)['id']}"
    for verb in ("accept", "reject"):
        bob.refused("POST", f"{made}/{verb}", status=403, code="owner_only")
    alice.post(f"{made}/reject", expect=204)
    assert alice.get(f"{path}/items") == []
    for verb in ("accept", "reject"):
        alice.refused("POST", f"{made}/{verb}", status=409, code="suggestion_decided")
    nowhere = f"{path}/suggestions/00000000-0000-4000-8000-00000000dead/accept"
    alice.refused("POST", nowhere, status=404, code="no_such_suggestion")
