"""What a verb of giving has to know of an item, in one statement, and what the item is after the verb.

The item must be locked before: then nobody else can change what is read here, and the verb need not read it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from core.db.prepared import prepared
from wishlists.models import Guest, Item, Reservation, WaitlistEntry
from wishlists.models.viewers import Viewer
from wishlists.projections.items import GIVING_COLUMNS, ItemFacts, with_giving
from wishlists.projections.rows import Row

_RESERVATION = tuple(field.attname for field in Reservation._meta.concrete_fields)
_MINE = tuple(f"mine__{name}" for name in _RESERVATION)
_BESIDE = ("viewer_role", "viewer_is_recipient", "giver_name", "unbought", "is_waited_for")


@dataclass(frozen=True)
class GivingState:
    """A locked item, as a viewer finds it who gives something there."""

    row: Row

    @property
    def facts(self) -> ItemFacts:
        return ItemFacts(self.row)

    @property
    def role(self) -> str | None:
        role: str | None = self.row["viewer_role"]
        return role

    @property
    def is_recipient(self) -> bool:
        return bool(self.row["viewer_is_recipient"])

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for the item. If it has alternatives, somebody may wait for these."""
        return bool(self.row["is_waited_for"]) or self.row["choice"] is not None

    @cached_property
    def held(self) -> Reservation | None:
        """The active reservation of the viewer."""
        if self.row["mine__id"] is None:
            return None
        return Reservation.from_db(connection.alias, _RESERVATION, [self.row[name] for name in _MINE])

    def facts_with(self, made: Reservation, item: Item) -> ItemFacts:
        """Return the facts of `item` after the viewer made this reservation, and nothing else happened."""
        unbought = self.row["unbought"] + (made.stage == Reservation.Stage.RESERVED)
        holds_all = item.cap is not None and made.units >= item.cap
        holder = {
            "holder__pk": made.pk,
            "holder__user_id": made.user_id,
            "holder__user__display_name": self.row["giver_name"] if made.user_id else None,
            "holder__guest__name": self.row["giver_name"] if made.guest_id else None,
            "holder__message": made.message,
            "holder__created_at": made.created_at,
        }
        return self._after(item, unbought, holder if holds_all else {})

    def facts_without(self, released: Reservation, item: Item) -> ItemFacts | None:
        """Return the facts of `item` after this reservation was released, and nothing else happened. None if another
        reservation may be the one that takes all units now.
        """
        if item.cap != item.quantity or (item.cap is not None and item.units_taken >= item.cap):
            return None
        unbought = self.row["unbought"] - (released.stage == Reservation.Stage.RESERVED)
        return self._after(item, unbought, dict.fromkeys(_HOLDER))

    def _after(self, item: Item, unbought: int, holder: Row) -> ItemFacts:
        changed = {"units_taken": item.units_taken, "cap": item.cap, "is_bought": unbought == 0}
        return ItemFacts({**self.row, **changed, **holder})


_HOLDER = (
    "holder__pk", "holder__user_id", "holder__user__display_name", "holder__guest__name", "holder__message",
    "holder__created_at",
)  # fmt: skip


def read_giving_state(item: Item, viewer: Viewer) -> GivingState:
    user_id = viewer.user.pk if viewer.user else None
    guest_id = viewer.guest.pk if viewer.guest and viewer.user is None else None
    # One row. Without lock and constraint, as in the controls of the races, several people may hold all units.
    row, *_ = _giving_state(item_id=item.pk, user_id=user_id, guest_id=guest_id)
    return GivingState(row)


@prepared
def _giving_state(*, item_id: UUID, user_id: UUID | None, guest_id: UUID | None) -> QuerySet[Item, Row]:
    """Read the facts of the item for projections, and beside them what the viewer is and holds there."""
    unbought = Reservation.objects.active().unbought().filter(item_id=OuterRef("pk")).order_by()
    guest = Guest.objects.filter(pk=guest_id) if guest_id else Guest.objects.none()
    names: QuerySet[Any, Any] = (
        User.objects.filter(pk=user_id).values("display_name") if user_id else guest.values("name")
    )
    items = Item.objects.filter(pk=item_id).for_viewer(User(pk=user_id) if user_id else None)
    items = with_giving(items).annotate(
        mine=FilteredRelation("reservations", condition=_held_by(user_id, guest_id)),
        giver_name=Subquery(names),
        unbought=Coalesce(Subquery(unbought.values("item").annotate(n=Count("pk")).values("n")), 0),
        is_waited_for=Exists(WaitlistEntry.objects.in_line().filter(item_id=OuterRef("pk"))),
    )
    rows: QuerySet[Item, Any] = items.values(*GIVING_COLUMNS, *_BESIDE, *_MINE)
    return rows


def _held_by(user_id: UUID | None, guest_id: UUID | None) -> Q:
    """Match the active reservation of this giver. A viewer who is neither holds none: there is no such row."""
    mine = Q(reservations__released_at=None)
    return mine & Q(reservations__user=user_id, reservations__guest=guest_id)
