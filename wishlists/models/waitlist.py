"""The waitlist of an item: givers who wait until a unit is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from core.db.models import UUIDModel
from wishlists.models.giving import givers_own, one_giver
from wishlists.models.items import Item
from wishlists.models.people import Guest

if TYPE_CHECKING:
    from wishlists.models.viewers import Viewer


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def in_line(self) -> WaitlistEntryQuerySet:
        """Entries that still wait, first come first."""
        return self.filter(ended_at=None).order_by("created_at", "id")

    def there(self) -> WaitlistEntryQuerySet:
        """Entries for items that are still on a list."""
        is_live = Q(item__removed_at=None, item__draft_of=None)
        return self.filter(is_live, item__wishlist__removed_at=None, item__wishlist__hidden_at=None)

    def held_by(self, giver: Viewer) -> WaitlistEntryQuerySet:
        return self.filter(givers_own(giver))

    def with_ahead(self) -> WaitlistEntryQuerySet:
        """Add `ahead`: how many entries of the same item came earlier and still wait."""
        before = Q(created_at__lt=OuterRef("created_at"))
        before |= Q(created_at=OuterRef("created_at"), id__lt=OuterRef("id"))
        line = WaitlistEntry.objects.filter(before, item=OuterRef("item"), ended_at=None).order_by()
        count = line.values("item").annotate(n=Count("pk")).values("n")
        return self.annotate(ahead=Coalesce(Subquery(count), 0))


class WaitlistEntry(UUIDModel):
    """A giver's place on the waitlist of an item.

    It ends when the giver leaves, or when they are offered a unit (a `Reservation` with `is_offer`).
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="waitlist_entries")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="waiting")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="waiting")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    ahead: int
    """Annotated by `with_ahead`."""

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        db_table = "wishlists_waiter"  # the model's name when the table was created
        constraints = [
            one_giver("waiter_one_giver"),
            models.UniqueConstraint(
                "item", "user", condition=Q(ended_at=None), name="one_place_in_line_a_user"
            ),
            models.UniqueConstraint(
                "item", "guest", condition=Q(ended_at=None), name="one_place_in_line_a_guest"
            ),
        ]
        indexes = [models.Index("item", "created_at", condition=Q(ended_at=None), name="waiter_in_line")]
