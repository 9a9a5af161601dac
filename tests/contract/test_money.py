"""Money in JSON: exact numbers in the major unit."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import says
from tests.contract.support.people import Json, Person, an_item, item_path

EXACT = [
    (49.9, "EUR", b'"price":49.9,'),
    (0.1, "EUR", b'"price":0.1,'),
    (19.99, "USD", b'"price":19.99,'),
    (50, "EUR", (b'"price":50,', b'"price":50.0,')),
    (1500, "JPY", b'"price":1500,'),
    (1.234, "KWD", b'"price":1.234,'),
    (123456789.99, "EUR", b'"price":123456789.99,'),
    (0, "EUR", (b'"price":0,', b'"price":0.0,')),
]


@says("**Money amounts are JSON numbers** in the currency's major unit (`49.9`)")
@pytest.mark.parametrize(("price", "currency", "spelt"), EXACT)
def test_price_comes_back_as_it_was_sent(
    alice: Person, wishlist: Json, price: float, currency: str, spelt: bytes | tuple[bytes, ...]
) -> None:
    made = an_item(alice, wishlist, price=price, currency=currency)
    assert (made["price"], made["currency"]) == (price, currency)
    spellings = spelt if isinstance(spelt, tuple) else (spelt,)
    assert any(spelling in alice.ask("GET", item_path(made)).content for spelling in spellings)


@says("too many decimals are 400")
@pytest.mark.parametrize(
    ("price", "currency"), [(49.999, "EUR"), (0.5, "JPY"), (1.2345, "KWD"), (0.001, "USD")]
)
def test_too_many_decimals_are_refused(alice: Person, wishlist: Json, price: float, currency: str) -> None:
    path = f"/wishlists/{wishlist['id']}/items"
    problem = alice.post(path, {"title": "Kettle", "price": price, "currency": currency}, expect=400)
    assert [error["pointer"] for error in problem["errors"]] == ["/price"]


@says("our own table of exponents: a localisation library's differ")
@pytest.mark.parametrize(
    ("currency", "smallest"), [("RSD", 0.01), ("IQD", 0.001), ("LBP", 0.01), ("UYW", 0.0001)]
)
def test_currencies_have_the_decimals_of_iso_4217(
    alice: Person, wishlist: Json, currency: str, smallest: float
) -> None:
    assert an_item(alice, wishlist, price=smallest, currency=currency)["price"] == smallest
    body = {"title": "Kettle", "price": smallest / 10, "currency": currency}
    alice.post(f"/wishlists/{wishlist['id']}/items", body, expect=400)


def test_sums_are_exact(alice: Person, bob: Person, wishlist: Json) -> None:
    made = an_item(alice, wishlist, price=1)
    path = f"{item_path(made)}/contributions"
    for amount in (0.1, 0.2, 0.1, 0.2, 0.1):
        bob.post(path, {"amount": amount})
    assert bob.get(path)["total"] == 0.7
    assert b'"contributed_total":0.7,' in bob.ask("GET", item_path(made)).content


def test_new_currency_keeps_the_displayed_number(alice: Person, wishlist: Json) -> None:
    made = an_item(alice, wishlist, price=500, currency="JPY")
    changed = alice.patch(item_path(made), {"currency": "EUR"})
    assert (changed["price"], changed["currency"]) == (500, "EUR")
    fine = an_item(alice, wishlist, price=4.5, currency="EUR")
    alice.patch(item_path(fine), {"currency": "JPY"}, expect=400)
    assert alice.patch(item_path(fine), {"currency": "JPY", "price": 450})["price"] == 450


@pytest.mark.parametrize("price", ["1e400", "NaN", "Infinity"])
def test_invalid_amount_is_refused(alice: Person, wishlist: Json, price: str) -> None:
    answer = alice.ask(
        "POST",
        f"/wishlists/{wishlist['id']}/items",
        content=f'{{"title": "Kettle", "price": {price}}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
