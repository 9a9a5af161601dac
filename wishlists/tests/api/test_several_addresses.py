"""Several links and pictures of a wish, besides the field that older clients know; and received wishes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api_clients import Api
from wishlists.models import Item

pytestmark = pytest.mark.django_db

A, B, C = (f"https://shop.example/{name}" for name in "abc")


def patch(api: Api, item: Item, **fields: Any) -> Any:
    answer = api("PATCH", f"/items/{item.pk}", fields)
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.parametrize(("one", "all_"), [("link_url", "links"), ("image_url", "image_urls")])
def test_first_link_is_the_field_of_older_clients(as_alice: Api, item: Item, one: str, all_: str) -> None:
    got = patch(as_alice, item, **{all_: [A, B, A]})
    assert (got[one], got[all_]) == (A, [A, B])
    got = patch(as_alice, item, **{one: C})
    assert (got[one], got[all_]) == (C, [C, B])
    got = patch(as_alice, item, **got | {one: A})
    assert got[all_] == [A, B], "who sends the whole back and changes the one they know changes that"
    got = patch(as_alice, item, **got | {all_: [C, B]})
    assert got[one] == C
    got = patch(as_alice, item, **{one: None})
    assert (got[one], got[all_]) == (None, [B])
    got = patch(as_alice, item, **{all_: None})
    assert (got[one], got[all_]) == (None, [])


def test_create_wish_with_several_links(as_alice: Api, item: Item) -> None:
    body = {"title": "Lamp", "links": [A, B], "image_urls": []}
    made = as_alice("POST", f"/wishlists/{item.wishlist_id}/items", body).json()
    assert (made["link_url"], made["links"], made["image_urls"]) == (A, [A, B], [])


@pytest.mark.parametrize(
    "links",
    [
        ["javascript:alert(1)"],
        ["x"],
        [None],
        [""],
        [[A]],
        "x",
        [f"{A}{n}" for n in range(11)],
        ["https://x.example/" + "x" * 2048],
    ],
)
def test_each_address_is_validated(as_alice: Api, item: Item, links: Any) -> None:
    assert as_alice("PATCH", f"/items/{item.pk}", {"links": links}).status_code == 400


def test_received_wishes_are_the_archive(as_alice: Api, as_bob: Api, item: Item) -> None:
    path = f"/wishlists/{item.wishlist_id}/items"
    as_alice("POST", path, {"title": "Lamp"})
    as_alice("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})

    def titles(query: str) -> list[str]:
        return [row["title"] for row in as_bob("GET", f"{path}{query}").json()]

    assert titles("") == ["Kettle", "Lamp"]
    assert (titles("?archived=true"), titles("?archived=false")) == (["Kettle"], ["Lamp"])
    assert as_bob("GET", f"{path}?archived=maybe").status_code == 400
    as_alice("PATCH", f"/items/{item.pk}", {"reservation_status": "available"})
    assert titles("?archived=true") == []
