"""Shared lists: everybody on one adds things and ticks them off, and nothing is secret (docs/shared-lists.md)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Member, Wishlist
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist


@pytest.fixture
def shopping(alice: User, bob: User) -> Wishlist:
    """Alice's shopping list, which Bob sees as a viewer."""
    made = create_wishlist(owner=alice, title="Groceries", preset="shared")
    share_wishlist(wishlist=made, by=alice, email=bob.email, role="viewer")
    return Wishlist.objects.get(pk=made.pk)


@pytest.fixture
def things(shopping: Wishlist) -> str:
    return f"/wishlists/{shopping.pk}/items"


def statuses(api: Api, things: str) -> dict[str, tuple[str, str | None]]:
    rows = api("GET", things).json()
    return {row["title"]: (row["reservation_status"], row["reserved_by_name"]) for row in rows}


def test_everybody_adds_ticks_off_and_undoes(
    as_alice: Api, as_bob: Api, shopping: Wishlist, things: str
) -> None:
    """The statuses are those of recipients on other lists."""
    milk = as_bob("POST", things, {"title": "Milk"}).json()["id"]
    as_alice("POST", things, {"title": "Bread"})
    for api, status, shown in (
        (as_bob, "reserved", ("reserved", "Bob")),
        (as_alice, "purchased", ("purchased", "Alice")),
        (as_bob, "available", ("available", None)),
        (as_bob, "purchased", ("purchased", "Bob")),
    ):
        answer = api("PATCH", f"{things}/{milk}", {"reservation_status": status})
        assert (answer.status_code, statuses(as_alice, things)["Milk"]) == (200, shown)
        assert statuses(as_alice, things) == statuses(as_bob, things)
    assert as_bob("PATCH", f"{things}/{milk}", {"title": "Oat milk"}).status_code == 200
    [row] = [row for row in as_bob("GET", "/wishlists").json() if row["id"] == str(shopping.pk)]
    assert (row["kind"], row["policy"], row["my_role"], row["i_am_recipient"]) == (
        "shared",
        "open",
        "viewer",
        False,
    )
    assert (row["items_count"], row["purchased_count"]) == (2, 1)
    assert as_bob("DELETE", f"{things}/{milk}").status_code == 204


REFUSED: list[tuple[str, str, Any]] = [
    ("POST", "/items/{item}/reservations", {}),
    ("POST", "/items/{item}/contributions", {"amount": 5}),
    ("POST", "/items/{item}/waiting", None),
    ("POST", "/collections", {"target": 30}),
    ("POST", "/items", {"title": "Cake", "secret": True}),
]


def test_members_give_nothing(as_alice: Api, as_bob: Api, shopping: Wishlist, things: str) -> None:
    milk = as_alice("POST", things, {"title": "Milk", "price": 2}).json()["id"]
    for method, path, body in REFUSED:
        address = f"/wishlists/{shopping.pk}{path.format(item=milk)}"
        for api in (as_alice, as_bob):
            assert refused(api(method, address, body)) == (409, "shared_list"), path
    assert refused(as_alice("POST", f"/wishlists/{shopping.pk}/reveal", {"confirm": True}))[0] == 403


def test_shared_list_stays_one(as_alice: Api, alice: User, bob: User, shopping: Wishlist) -> None:
    path = f"/wishlists/{shopping.pk}"
    assert refused(as_alice("PATCH", path, {"policy": "surprise"})) == (409, "shared_list")
    answer = as_alice("PUT", f"{path}/recipients", {"user_ids": [str(bob.pk)]})
    assert refused(answer) == (409, "shared_list")
    body = {"email": bob.email, "role": "viewer", "is_recipient": True}
    assert refused(as_alice("POST", f"{path}/shares", body)) == (409, "shared_list")
    made = {"title": "Secret", "kind": "shared", "policy": "surprise"}
    assert refused(as_alice("POST", "/wishlists", made)) == (409, "shared_list")
    # The last one can only be done in the database.
    with pytest.raises(IntegrityError), transaction.atomic():
        Wishlist.objects.filter(pk=shopping.pk).update(policy="surprise")
    assert not Member.objects.filter(wishlist=shopping, is_recipient=True).exists()


def test_shopping_lists_are_the_shared_lists(
    as_alice: Api, as_bob: Api, as_charlie: Api, wishlist: Wishlist, shopping: Wishlist
) -> None:
    made = as_alice("POST", "/shopping-lists", {"title": "Party"}).json()
    assert (made["kind"], made["policy"], made["i_am_recipient"]) == ("shared", "open", False)
    for query in ("", "?page=1"):
        rows = as_alice("GET", f"/shopping-lists{query}").json()
        assert {row["title"] for row in rows} == {"Party", "Groceries"}
    assert len(as_alice("GET", "/wishlists").json()) == 3
    path = f"/shopping-lists/{shopping.pk}"
    milk = as_bob("POST", f"{path}/items", {"title": "Milk"}).json()
    assert as_bob("GET", f"{path}/items/{milk['id']}").json() == milk
    assert as_bob("GET", path).json() == as_bob("GET", f"/wishlists/{shopping.pk}").json()
    assert [row["display_name"] for row in as_bob("GET", f"{path}/members").json()] == ["Alice", "Bob"]
    assert refused(as_charlie("GET", path)) == (404, "no_such_list")
    # Other lists don't exist under this name.
    for method, rest, body in (
        ("GET", "", None),
        ("POST", "/items", {"title": "x"}),
        ("GET", "/shares", None),
    ):
        answer = as_alice(method, f"/shopping-lists/{wishlist.pk}{rest}", body)
        assert refused(answer) == (404, "no_such_list")


def test_page_is_a_checklist_that_works_without_javascript(
    alice: User, bob: User, charlie: User, shopping: Wishlist
) -> None:
    browsers = [Client(), Client()]
    for browser, person in zip(browsers, (alice, bob), strict=True):
        browser.force_login(person)
    first, second = browsers
    here = f"/lists/{shopping.pk}"
    assert second.post(f"{here}/things", {"title": "Milk", "quantity": "2"}).url == here  # type: ignore[attr-defined]
    assert second.post(f"{here}/things", {"title": ""}).status_code == 422
    milk = Item.objects.get(wishlist=shopping)
    assert (milk.title, milk.quantity) == ("Milk", 2)
    tick = f"{here}/things/{milk.pk}/tick"
    for browser, action, said in (
        (second, "set_aside", "Bob gets it"),
        (first, "received", "Done"),
        (second, "unmark", "I'll get it"),
    ):
        answer = browser.post(tick, {"action": action})
        assert (answer.status_code, answer.url) == (302, f"{here}#things")  # type: ignore[attr-defined]
        assert said in first.get(here).text
    part = first.post(tick, {"action": "received"}, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="things"')
    assert first.post(tick, {"action": "delete"}).status_code == 404
    stranger = Client()
    stranger.force_login(charlie)
    assert stranger.post(tick, {"action": "received"}).status_code == 404
    for page in ("settings", "sharing", "members", "log"):
        assert first.get(f"{here}/{page}").status_code == 200
    assert "What can the recipient see?" not in first.get(f"{here}/settings").text
