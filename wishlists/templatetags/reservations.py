"""What pages say of a promise, wherever they show one."""

from __future__ import annotations

from django import template

from core.money.money import format_amount, to_minor
from wishlists.projections.item_changes import told_changes
from wishlists.projections.rows import Row

register = template.Library()


@register.filter
def changed(promise: Row) -> list[tuple[str, str, str]]:
    """`(what, old, new)` of each thing that the wish said when it was taken and says no more."""
    return told_changes(promise["changes"], promise["currency"])


@register.filter
def typed_amount(contribution: Row) -> str:
    """Its amount as one would type it."""
    currency = contribution["currency"]
    return format_amount(to_minor(contribution["amount"], currency), currency)
