"""A whole list goes: who paid is told to settle it, what was only pledged is free, and the owner notices nothing."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Notification, User
from accounts.tests.api import Api
from wishlists.models import Contribution, Item, Member


def told(user: User) -> list[tuple[str, dict[str, Any]]]:
    rows = Notification.objects.filter(user=user).exclude(kind="wishlist_shared").order_by("created_at", "pk")
    return [(row.kind, row.payload) for row in rows]


@pytest.fixture
def given(as_bob: Api, item: Item) -> str:
    """Bob's: five pledged and seven paid for the kettle, two and three into the pot. The address of the list."""
    address = f"/wishlists/{item.wishlist_id}"
    for place, pledged, paid in ((f"{address}/items/{item.pk}", 5, 7), (f"{address}/pot", 2, 3)):
        as_bob("POST", f"{place}/contributions", {"amount": pledged})
        as_bob("POST", f"{place}/contributions", {"amount": paid, "status": "paid"})
    return address


def test_who_paid_is_told_of_each_amount_and_pledges_are_free(
    as_alice: Api, as_bob: Api, given: str, bob: User, alice: User
) -> None:
    assert as_alice("DELETE", given).status_code == 204
    kettle = {"item_title": "Kettle", "list_title": "Alice's birthday"}
    pot = {"item_title": "Alice's birthday", "list_title": "Alice's birthday"}
    assert told(bob) == [
        ("item_removed_pledged", kettle),
        ("refund_paid", kettle | {"amount": 7, "currency": "EUR"}),
        ("item_removed_pledged", pot),
        ("refund_paid", pot | {"amount": 3, "currency": "EUR"}),
        ("wishlist_deleted", {"list_title": "Alice's birthday"}),
    ]
    left = as_bob("GET", "/contributions").json()
    assert [(row["amount"], row["status"], row["withdrawn"]) for row in left] == [
        (3, "paid", True),
        (7, "paid", True),
    ]
    assert told(alice) == []


def test_of_a_wish_that_went_before_nobody_is_told_again(
    as_alice: Api, given: str, item: Item, bob: User
) -> None:
    as_alice("DELETE", f"/items/{item.pk}")
    before = len(told(bob))
    as_alice("DELETE", given)
    assert [kind for kind, _ in told(bob)[before:]] == [
        "item_removed_pledged",
        "refund_paid",
        "wishlist_deleted",
    ]
    assert not Contribution.objects.standing().filter(status="pledged").exists()


def test_who_was_seen_out_is_told_of_their_money_alone(
    as_alice: Api, as_bob: Api, given: str, item: Item, bob: User
) -> None:
    """Their desk does not tell them that the list is gone."""
    as_alice("DELETE", f"{given}/shares/{bob.pk}")
    before, shown = len(told(bob)), as_bob("GET", "/contributions").content
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Canary"})
    as_alice("DELETE", given)
    news = told(bob)[before:]
    assert [(kind, payload["amount"]) for kind, payload in news] == [("refund_paid", 7), ("refund_paid", 3)]
    assert "anary" not in str(news)
    assert as_bob("GET", "/contributions").content == shown


def test_whose_list_it_became_is_told_nothing_of_money(
    as_alice: Api, given: str, item: Item, bob: User
) -> None:
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    before = len(told(bob))
    as_alice("DELETE", given)
    assert [kind for kind, _ in told(bob)[before:]] == ["wishlist_deleted"]
