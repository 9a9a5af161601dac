"""Note the alternatives of an item when it is taken or released, because they then close or open for givers."""

from __future__ import annotations

from uuid import UUID

from core.db.change import note
from realtime.capture.facts import ItemChanged
from wishlists.models import Item
from wishlists.models.viewers import Scope

CLOSING = {"units_taken", "removed_at", "choice"}
"""Fields of an item that open or close its alternatives."""


def choice_before(item: Item) -> UUID | None:
    """Return the group that the item was in before the save that is being handled."""
    before = item.__dict__.get("_before") or {}
    choice: UUID | None = before.get("choice")
    return choice


def note_alternatives(item: Item, left: UUID | None = None) -> None:
    """Note the other items of its group, and of the group that it left, as a change of units. Viewers who are blind to
    giving get no event."""
    if item.choice is None and left is None:
        return
    others = Item.objects.alike(item, left)
    for pk in others.in_order().values_list("pk", flat=True):
        note(ItemChanged(item.wishlist_id, pk, Scope.UNITS))
