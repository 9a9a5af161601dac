"""What giving costs."""

from __future__ import annotations

from typing import Any

from wishlists.queries.spending import Spending, spending_of


def reserved(**differently: Any) -> dict[str, Any]:
    usual = {"price": 49.9, "currency": "EUR", "units": 1, "status": "reserved"}
    return usual | {"released_at": None, "is_offer": False, "withdrawn": False} | differently


def test_each_unit_costs_its_price() -> None:
    rows = [reserved(units=3), reserved(units=2, price=5, status="purchased")]
    assert spending_of(rows, []) == [Spending("EUR", planned=3 * 4990, bought=2 * 500)]
