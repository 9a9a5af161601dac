"""When what is taken of one item changes, its alternatives open or close for givers: their streams are told of those too."""

from __future__ import annotations

from uuid import UUID

from core.db.change import note
from realtime.capture.facts import ItemChanged
from wishlists.models import Item
from wishlists.models.viewers import Scope

CLOSING = {"units_taken", "removed_at", "choice"}
"""Fields of an item that close its alternatives, or open them."""


def choice_before(item: Item) -> UUID | None:
    """Which group it was in, where the save that is being told of may have changed that."""
    before = item.__dict__.get("_before") or {}
    choice: UUID | None = before.get("choice")
    return choice


def note_alternatives(item: Item, left: UUID | None = None) -> None:
    """Note the others of its group, and of the one that it left, as a change of units: nothing that the blind are told."""
    others = Item.objects.alike(item, left)
    for pk in others.in_order().values_list("pk", flat=True):
        note(ItemChanged(item.wishlist_id, pk, Scope.UNITS))
