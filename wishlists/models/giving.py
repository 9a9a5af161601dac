"""What givers give: reservations of units, and contributions of money."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import PushedModel
from core.text.text_columns import LinesColumn
from wishlists.models.items import Item
from wishlists.models.lists import Wishlist
from wishlists.models.people import Guest

if TYPE_CHECKING:
    from wishlists.models.viewers import Viewer


def one_giver(name: str) -> models.CheckConstraint:
    """Return a constraint: either a user or a guest, never both and never neither."""
    return models.CheckConstraint(
        condition=Q(user=None, guest__isnull=False) | Q(user__isnull=False, guest=None), name=name
    )


def givers_own(giver: Viewer) -> Q:
    """Match the rows of this giver, in tables with `one_giver`. A viewer who is neither a user nor a guest has none."""
    if giver.user is not None:
        return Q(user=giver.user)
    return Q(guest=giver.guest) if giver.guest else Q(pk__in=())


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def active(self) -> ReservationQuerySet:
        return self.filter(released_at=None)

    def released(self) -> ReservationQuerySet:
        """Reservations that have ended: released by their giver, or in another way."""
        return self.exclude(released_at=None)

    def unbought(self) -> ReservationQuerySet:
        return self.filter(stage=Reservation.Stage.RESERVED)

    def held_by(self, giver: Viewer) -> ReservationQuerySet:
        return self.filter(givers_own(giver))


class Reservation(PushedModel):
    """A giver's claim on `units` of an item. Price, currency and `taken_as` are snapshots and never change (G16).

    In the API, `status` is `reserved` at the first stage and `purchased` from *ordered* on.
    """

    class Status(models.TextChoices):
        RESERVED = "reserved", _("reserved")
        PURCHASED = "purchased", _("purchased")

        @classmethod
        def at(cls, stage: str) -> Reservation.Status:
            """Return the status for a stage."""
            return cls.RESERVED if stage == Reservation.Stage.RESERVED else cls.PURCHASED

    class Stage(models.TextChoices):
        RESERVED = "reserved", _("reserved")
        ORDERED = "ordered", _("ordered")
        ARRIVED = "arrived", _("arrived")
        WRAPPED = "wrapped", _("wrapped")
        GIVEN = "given", _("given")

    item = models.ForeignKey(Item, models.PROTECT, related_name="reservations")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="reservations")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, blank=True, related_name="reservations")
    units = models.PositiveIntegerField(default=1)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.RESERVED)
    message = LinesColumn(blank=True)
    taken_as = models.JSONField(default=dict, editable=False)
    """The item when it was reserved: title, description, link_url, image_url, quantity. Its giver is shown the
    differences.
    """
    is_offer = models.BooleanField(default=False, editable=False)
    """An offer, held for the first in line until `lapses_at` and not accepted yet."""
    lapses_at = models.DateTimeField(null=True, editable=False)
    nudged_at = models.DateTimeField(null=True, editable=False)
    price_minor = models.BigIntegerField(null=True, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    released_at = models.DateTimeField(null=True, editable=False)

    WRITTEN = ("message",)
    """Texts that the giver writes. Services take these fields by their names and only store them."""

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            one_giver("reservation_one_giver"),
            models.CheckConstraint(condition=Q(units__gte=1), name="reservation_of_some_units"),
            models.UniqueConstraint("item", "user", condition=Q(released_at=None), name="one_active_a_user"),
            models.UniqueConstraint(
                "item", "guest", condition=Q(released_at=None), name="one_active_a_guest"
            ),
            models.CheckConstraint(
                condition=Q(is_offer=False) | Q(stage="reserved", lapses_at__isnull=False),
                name="offer_ends",
            ),
        ]
        indexes = [
            models.Index(
                "lapses_at",
                condition=Q(released_at=None, lapses_at__isnull=False),
                name="reservation_lapsing",
            ),
            models.Index("item", condition=Q(released_at=None), name="reservation_active"),
        ]

    @property
    def status(self) -> Status:
        return self.Status.at(self.stage)


_SECRET_KEPT = Q(item__wishlist__revealed_at=None) & Q(pot__revealed_at=None)


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def standing(self) -> ContributionQuerySet:
        return self.filter(withdrawn_at=None)

    def shown_to_giver(self) -> ContributionQuerySet:
        """What givers see in My gifts: standing contributions, and pledges that were freed without showing it to them."""
        return self.filter(Q(withdrawn_at=None) | (Q(freed_unseen=True) & _SECRET_KEPT))

    def on(self, wishlist: Wishlist) -> ContributionQuerySet:
        """Contributions to items of the list, and to its pot."""
        return self.filter(Q(item__wishlist=wishlist) | Q(pot=wishlist))

    def held_by(self, giver: Viewer) -> ContributionQuerySet:
        return self.filter(givers_own(giver))


class Contribution(PushedModel):
    """Money towards an item, or towards the list as a whole (`pot`), in minor units of the currency at that time."""

    class Status(models.TextChoices):
        PLEDGED = "pledged", _("pledged")
        PAID = "paid", _("paid")

    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="contributions")
    pot = models.ForeignKey(Wishlist, models.PROTECT, null=True, related_name="pot_contributions")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="contributions")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, blank=True, related_name="contributions")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLEDGED)
    taken_as = models.JSONField(default=dict, editable=False)
    """The item and its list when the contribution was made, as for a reservation, and the item's price. Never changes.
    """
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    freed_unseen = models.BooleanField(default=False, editable=False)
    """A recipient's pledge that was freed because the collection missed its target.

    It doesn't count any more. Its giver must not learn that before the reveal, so they see it unchanged.
    """

    objects = ContributionQuerySet.as_manager()

    class Meta:
        constraints = [
            one_giver("contribution_one_giver"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="contribution_positive"),
            models.CheckConstraint(
                condition=Q(item=None, pot__isnull=False) | Q(item__isnull=False, pot=None),
                name="contribution_item_or_pot",
            ),
        ]
        indexes = [models.Index("item", "created_at", name="contribution_of_item")]


class CollectionQuerySet(models.QuerySet["Collection"]):
    def open(self) -> CollectionQuerySet:
        return self.filter(ended_at=None)

    def due(self, now: datetime) -> CollectionQuerySet:
        """Open collections whose deadline has passed."""
        return self.open().filter(deadline_at__lte=now)


class Collection(PushedModel):
    """A group gift for an item or (with `item` null) for the list as a whole. Recipients see nothing of it.

    While it is open, pledged and paid money never exceeds `target_minor`. At `deadline_at`, pledges are freed if the
    target was missed.
    """

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="collections")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="collections")
    organiser = models.ForeignKey(User, models.PROTECT, related_name="collections")
    target_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    note = LinesColumn(blank=True)
    deadline_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "item", condition=Q(ended_at=None, item__isnull=False), name="one_open_collection_an_item"
            ),
            models.UniqueConstraint(
                "wishlist", condition=Q(ended_at=None, item=None), name="one_open_pot_a_list"
            ),
            models.CheckConstraint(
                condition=Q(target_minor=None) | Q(target_minor__gt=0), name="collection_target_positive"
            ),
        ]
        indexes = [
            models.Index(
                "deadline_at",
                condition=Q(ended_at=None, deadline_at__isnull=False),
                name="collection_ending",
            ),
        ]
