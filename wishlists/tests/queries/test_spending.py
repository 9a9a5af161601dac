"""What gifts cost, planned and bought."""

from __future__ import annotations

from typing import Any

from core.money.money import Money
from wishlists.queries.spending import Spending, spending_of


def reserved(**differently: Any) -> dict[str, Any]:
    usual = {"price": Money(4990, "EUR"), "currency": "EUR", "units": 1, "status": "reserved"}
    return usual | {"released_at": None, "is_offer": False, "withdrawn": False} | differently


def test_each_unit_costs_the_price() -> None:
    rows = [reserved(units=3), reserved(units=2, price=Money(500, "EUR"), status="purchased")]
    assert spending_of(rows, []) == [Spending("EUR", planned_minor=3 * 4990, bought_minor=2 * 500)]
