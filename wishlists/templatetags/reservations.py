"""What pages say about a reservation, wherever they show one."""

from __future__ import annotations

from django import template

from core.money.money import format_amount, to_minor
from wishlists.projections.item_changes import changes_in_words
from wishlists.projections.rows import Row

register = template.Library()


@register.filter
def changed(reservation: Row) -> list[tuple[str, str, str]]:
    """`(what, old, new)` of each thing that the wish said when it was taken and says no more."""
    return changes_in_words(reservation["changes"], reservation["currency"])


@register.filter
def typed_amount(contribution: Row) -> str:
    """Its amount as one would type it."""
    currency = contribution["currency"]
    return format_amount(to_minor(contribution["amount"], currency), currency)
