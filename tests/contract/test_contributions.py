"""Contributions of money to an item."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each
from tests.contract.support.people import Json, Person, a_list, an_item, item_path, set_status

ROW = "/wishlists/{id}/items/{itemId}/contributions"


@covers(
    f"POST {ROW}", *each(f"body {ROW}: ", "amount status status=pledged status=paid"), f"answer {ROW}: 201"
)
@covers(*each("Item.", "contributed_total contributed_pledged contributed_paid"))
def test_giver_contributes(bob: Person, item: Json) -> None:
    path = f"{item_path(item)}/contributions"
    assert bob.post(path, {"amount": 10.5})["contributed_pledged"] == 10.5
    assert bob.post(path, {"amount": 1, "status": "pledged"})["contributed_pledged"] == 11.5
    after = bob.post(path, {"amount": 4.2, "status": "paid"})
    sums = [after[f"contributed_{name}"] for name in ("total", "pledged", "paid")]
    assert sums == [15.7, 11.5, 4.2]
    assert after == bob.get(item_path(item))


@covers(f"GET {ROW}", *each(f"answer {ROW}: ", "total total_pledged total_paid contributions"))
@covers(*each(f"answer {ROW}: contributions.", "amount status display_name is_me"))
def test_givers_see_who_contributed(bob: Person, carol: Person, item: Json) -> None:
    path = f"{item_path(item)}/contributions"
    bob.post(path, {"amount": 10})
    carol.post(path, {"amount": 2.5, "status": "paid"})
    seen = bob.get(path)
    assert (seen["total"], seen["total_pledged"], seen["total_paid"]) == (12.5, 10, 2.5)
    rows = [
        tuple(row[name] for name in ("amount", "status", "display_name", "is_me"))
        for row in seen["contributions"]
    ]
    assert rows == [(10, "pledged", "Bob", True), (2.5, "paid", "Carol", False)]


def test_contributor_sees_only_themselves_if_names_are_hidden(
    alice: Person, bob: Person, carol: Person
) -> None:
    item = an_item(alice, a_list(alice, bob, carol, names_shown=False))
    path = f"{item_path(item)}/contributions"
    bob.post(path, {"amount": 10})
    carol.post(path, {"amount": 2})
    assert [row["display_name"] for row in bob.get(path)["contributions"]] == ["Bob", None]


@pytest.mark.parametrize("amount", [0, -1, 0.001, None, "lots", True, 2**63])
def test_amount_must_be_positive_and_exact(bob: Person, item: Json, amount: Json) -> None:
    bob.post(f"{item_path(item)}/contributions", {"amount": amount}, expect=400)


def test_amount_is_in_the_items_currency(alice: Person, bob: Person, wishlist: Json) -> None:
    item = an_item(alice, wishlist, price=5000, currency="JPY")
    path = f"{item_path(item)}/contributions"
    bob.post(path, {"amount": 10.5}, expect=400)
    assert bob.post(path, {"amount": 1050})["contributed_total"] == 1050


@pytest.mark.parametrize("status", ["promised", "", 7])
def test_contribution_with_an_unknown_status_is_refused(bob: Person, item: Json, status: Json) -> None:
    bob.post(f"{item_path(item)}/contributions", {"amount": 5, "status": status}, expect=400)


def test_recipient_cannot_contribute_to_their_own_item(alice: Person, item: Json) -> None:
    alice.post(f"{item_path(item)}/contributions", {"amount": 5}, expect=403)


def test_closed_item_takes_no_contributions(alice: Person, bob: Person, item: Json) -> None:
    set_status(alice, item, "purchased")
    bob.post(f"{item_path(item)}/contributions", {"amount": 5}, expect=409)
