"""Template filters for reservations and contributions."""

from __future__ import annotations

from django import template

from core.money.money import Money, format_amount
from wishlists.projections.item_changes import changes_in_words
from wishlists.projections.rows import Row

register = template.Library()


@register.filter
def changed(reservation: Row) -> list[tuple[str, str, str]]:
    """Return `(what, old, new)` for each field of the wish that changed since it was reserved."""
    return changes_in_words(reservation["changes"])


@register.filter
def typed(amount: Money) -> str:
    """Return an amount in the form in which people type it."""
    return format_amount(amount.minor, amount.currency)
