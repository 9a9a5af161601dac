"""Contributions keep their currency when the wish gets another. Totals and forms use the currency in which money is
counted.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.support.api_clients import Api
from tests.support.markup import card_of
from wishlists.models import Collection, Contribution, Item, Wishlist
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.projections.items import project_items
from wishlists.projections.money import project_pot_for
from wishlists.services.lists.items import edit_item
from wishlists.services.money.collecting import end_collection, open_collection
from wishlists.services.money.contributing import contribute, withdraw_contribution


@pytest.fixture
def chips(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"


def give(item: Item, giver: User, minor: int, currency: str = "") -> Contribution:
    there = Item.objects.get(pk=item.pk)
    return contribute(
        item=there, by=Viewer(user=giver), amount_minor=minor, status="pledged", currency=currency
    )


def reprice(item: Item, alice: User, **fields: Any) -> None:
    edit_item(item=Item.objects.get(pk=item.pk), by=Viewer(user=alice), **fields)


def sums(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[f"contributed_{name}"] for name in ("total", "pledged", "paid", "currency"))


def test_totals_stay_in_the_currency_of_contributions(
    item: Item, chips: str, alice: User, bob: User, as_bob: Api, as_alice: Api
) -> None:
    give(item, bob, 9000)
    reprice(item, alice, currency="USD", price_minor=12000)
    shown = as_bob("GET", f"/items/{item.pk}").json()
    assert (shown["currency"], sums(shown)) == ("USD", (90, 90, 0, "EUR"))
    listed = as_bob("GET", chips).json()
    assert (listed["total"], listed["contributions"][0]["currency"]) == (90, "EUR")
    hers = as_alice("GET", f"/items/{item.pk}").json()
    assert sums(hers) == (0, 0, 0, "USD")
    assert as_alice("GET", chips).json()["total"] == 0


def test_without_contributions_the_prices_currency_is_used(
    item: Item, alice: User, bob: User, as_bob: Api
) -> None:
    mine = give(item, bob, 9000)
    reprice(item, alice, currency="JPY", price_minor=12000)
    withdraw_contribution(
        contribution=Contribution.objects.select_related("item__wishlist").get(pk=mine.pk),
        by=Viewer(user=bob),
    )
    assert sums(as_bob("GET", f"/items/{item.pk}").json()) == (0, 0, 0, "JPY")
    assert give(item, bob, 500).currency == "JPY"


@pytest.mark.once
def test_card_shows_and_asks_for_the_counted_currency(
    item: Item, alice: User, bob: User, bobs: Client, dora: User, wishlist: Wishlist
) -> None:
    give(item, bob, 9000)
    reprice(item, alice, currency="JPY", price_minor=12000)
    address = f"/lists/{item.wishlist_id}"
    card = card_of(bobs.get(address), "Kettle")
    assert "€90.00 chipped in" in card
    assert "of 12,000" not in card
    assert "You chipped in €90.00" in card
    chip = f"{address}/items/{item.pk}/chip-in"
    form = bobs.get(chip).text
    assert "Amount (EUR)" in form
    assert '<input type="hidden" name="currency" value="EUR">' in form
    assert bobs.post(chip, {"amount": "5.50", "currency": "EUR"}).status_code == 303
    assert set(Contribution.objects.values_list("amount_minor", "currency")) == {(9000, "EUR"), (550, "EUR")}
    collecting = bobs.post(
        f"{address}/collecting", {"item": str(item.pk), "currency": "JPY", "target": "120,50"}
    )
    assert collecting.status_code == 303
    assert (Collection.objects.get().target_minor, Collection.objects.get().currency) == (12050, "EUR")


@pytest.mark.once
def test_amount_is_only_accepted_in_the_currency_of_the_page(
    item: Item, alice: User, bob: User, bobs: Client
) -> None:
    """The page asked for yen, and meanwhile contributions in euros count again."""
    give(item, bob, 9000)
    reprice(item, alice, currency="JPY", price_minor=12000)
    chip = f"/lists/{item.wishlist_id}/items/{item.pk}/chip-in"
    answer = bobs.post(chip, {"amount": "5000", "currency": "JPY"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "Contributions for this are in EUR." in answer.text
    assert f'href="{chip}"' in answer.text
    assert "Amount (EUR)" in bobs.get(chip).text
    assert Contribution.objects.count() == 1


def test_collection_sets_the_currency_before_any_contribution(item: Item, bob: User, as_bob: Api) -> None:
    there = Wishlist.objects.get(pk=item.wishlist_id)
    made = open_collection(wishlist=there, by=bob, currency="CHF", item_id=item.pk, target_minor=5000)
    address = f"/items/{item.pk}"
    assert sums(as_bob("GET", address).json()) == (0, 0, 0, "CHF")
    chips = f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"
    assert as_bob("POST", chips, {"rest": True}).json()["contributed_currency"] == "CHF"
    end_collection(collection=made, by=bob)
    assert sums(as_bob("GET", address).json()) == (50, 50, 0, "CHF")


def test_pot_is_counted_in_the_collections_currency(as_bob: Api, wishlist: Wishlist, bob: User) -> None:
    there = Wishlist.objects.get(pk=wishlist.pk)
    pot = f"/wishlists/{wishlist.pk}/pot/contributions"
    assert project_pot_for(there, Audience.GIVER)["currency"] == "EUR"
    open_collection(wishlist=there, by=bob, currency="CHF", target_minor=5000)
    assert project_pot_for(there, Audience.GIVER)["currency"] == "CHF"
    assert project_pot_for(there, Audience.RECIPIENT)["currency"] == "EUR"
    assert as_bob("POST", pot, {"rest": True}).json()["total"] == 50


def what_she_gets(item: Item, api: Api, client: Client) -> list[Any]:
    """Alice changes the currency, reads her wish, and tries to chip in."""
    chips = f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"
    page = f"/lists/{item.wishlist_id}/items/{item.pk}"
    answers = [api("PATCH", f"/items/{item.pk}", {"currency": code}) for code in ("KWD", "EUR", "JPY")]
    answers += [api("GET", f"/items/{item.pk}"), api("GET", chips)]
    refusals = [client.post(f"{page}/chip-in", {"amount": amount}) for amount in ("1.5", "1.255", "9")]
    return [
        *((answer.status_code, {**answer.json(), "updated_at": None}) for answer in answers),
        *((answer.status_code, answer.headers.get("Location")) for answer in refusals),
    ]


@pytest.mark.parametrize("protected", [True, False])
def test_recipient_learns_nothing_by_changing_the_currency(
    protected: bool,
    item: Item,
    alice: User,
    bob: User,
    as_alice: Api,
    alices: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answers are the same whether or not anybody gave. The control reads the form's currency as a giver."""
    if not protected:
        monkeypatch.setattr(
            "wishlists.web.cards.card_actions.project_items",
            lambda items, wishlist, _sight: project_items(items, wishlist, Sight.FULL),
        )
    reprice(item, alice, currency="EUR", price_minor=2000)
    before = what_she_gets(item, as_alice, alices)
    reprice(item, alice, currency="EUR", price_minor=2000)
    give(item, bob, 9000, "USD")
    assert (what_she_gets(item, as_alice, alices) == before) is protected


def test_budgets_show_spending_in_other_currencies(item: Item, bob: User, as_bob: Api, bobs: Client) -> None:
    give(item, bob, 9000, "USD")
    budget = f"/wishlists/{item.wishlist_id}/budget"
    shown = as_bob("PUT", budget, {"amount": 100, "currency": "EUR"}).json()
    assert (shown["planned"], shown["other_currencies"]) == (
        0,
        [{"currency": "USD", "planned": 90, "bought": 0}],
    )
    assert "€0.00 of €100.00 + $90.00" in bobs.get("/gifts").text
