"""An item, and the annotations that compute what other rows say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import PushedModel
from core.text.text_columns import LineColumn, LinesColumn
from wishlists.models.lists import Wishlist, blinding_places, rows_of

if TYPE_CHECKING:
    from wishlists.models.viewers import Sight


class ItemQuerySet(models.QuerySet["Item"]):
    def live(self) -> ItemQuerySet:
        """Wishes that are on their list: neither removed nor still a draft."""
        return self.filter(removed_at=None, draft_of=None)

    def drafts_of(self, user: User) -> ItemQuerySet:
        """What `user` has written down and not shown yet; nobody else's."""
        return self.filter(removed_at=None, draft_of=user)

    def open_knowledge(self) -> ItemQuerySet:
        """Without what givers added in secret."""
        return self.filter(is_secret=False)

    def known_with(self, sight: Sight) -> ItemQuerySet:
        """What somebody with that sight may know of at all, removed or not."""
        return self if sight.sees_secrets else self.open_knowledge()

    def seen_with(self, sight: Sight) -> ItemQuerySet:
        """What is on a list for somebody with that sight. Whoever reads a list's items for somebody says this word."""
        return self.live().known_with(sight)

    def archived(self, archived: bool = True) -> ItemQuerySet:
        """What recipients have received, or (False) all that they have not."""
        return self.filter(mark=Item.Mark.RECEIVED) if archived else self.exclude(mark=Item.Mark.RECEIVED)

    def restorable(self) -> ItemQuerySet:
        """Removed by those who keep the list. What a moderator took away stays away."""
        gone = self.exclude(removed_at=None).filter(draft_of=None)
        return gone.exclude(activities__kind="moderation_item_removed")

    def alike(self, item: Item | None = None, left: UUID | None = None) -> ItemQuerySet:
        """The others that belong together with `item`: live ones of its list with the same `choice`, or the one that it
        `left`. A secret one stands apart from those that all may know: what it closed there would tell of it.

        Without `item`, those of the item of the outer query.
        """
        same: dict[str, Any] = {"wishlist_id": OuterRef("wishlist_id"), "is_secret": OuterRef("is_secret")}
        if item is None:
            return self.live().filter(~Q(pk=OuterRef("pk")), choice=OuterRef("choice"), **same)
        same = {name: getattr(item, name) for name in same}
        choices = [choice for choice in (item.choice, left) if choice is not None]
        return self.live().filter(choice__in=choices, **same).exclude(pk=item.pk)

    def in_order(self) -> ItemQuerySet:
        return self.order_by("position", "created_at", "id")

    def visible_to(self, user: User) -> ItemQuerySet:
        """Items on lists that `user` may open, and of secret additions what `seen_with` their sight gives them."""
        place = {"wishlist_id": OuterRef("wishlist_id"), "user": user}
        let_in = rows_of("Member").filter(removed_at=None, **place)
        told = Q(wishlist__policy=Wishlist.Policy.OPEN) | Q(wishlist__revealed_at__isnull=False)
        sees_secrets = Q(Exists(let_in)) & (told | ~Q(Exists(blinding_places().filter(**place))))
        there = self.live().filter(wishlist__in=Wishlist.objects.visible_to(user))
        return there.filter(Q(is_secret=False) | sees_secrets)

    def for_viewer(self, user: User | None) -> ItemQuerySet:
        """With its list, and what `user` is there: see `WishlistQuerySet.for_viewer`."""
        place = {"wishlist_id": OuterRef("wishlist_id"), "user": user}
        mine = rows_of("Member").filter(removed_at=None, **place)
        return self.select_related("wishlist").annotate(
            viewer_role=Subquery(mine.values("role")[:1]),
            viewer_is_recipient=Exists(blinding_places().filter(**place)),
        )

    def with_counted_currency(self) -> ItemQuerySet:
        """Adds `counted_currency`: that of what stands, else of the open collection, else of the item. The item's own may
        be another, for a recipient may change it at any time."""
        collected = rows_of("Collection").filter(item_id=OuterRef("pk"), ended_at=None).order_by()
        found = (Subquery(rows.values("currency")[:1]) for rows in (_standing_by_currency(), collected))
        return self.annotate(counted_currency=Coalesce(*found, F("currency")))

    def with_contributed(self) -> ItemQuerySet:
        """Adds `pledged_minor` and `paid_minor`: what stands, in `counted_currency` (others cannot be added up)."""

        def total(status: str) -> Coalesce:
            sums = _standing_by_currency().annotate(total=Sum("amount_minor", filter=Q(status=status)))
            return Coalesce(Subquery(sums.values("total")[:1]), 0, output_field=models.BigIntegerField())

        counted = self.with_counted_currency()
        return counted.annotate(pledged_minor=total("pledged"), paid_minor=total("paid"))


def _standing_by_currency() -> models.QuerySet[Any, dict[str, Any]]:
    """A group for each currency in which something stands for the item of the outer query, the oldest first. There is one,
    but for rows from before there was one currency an item."""
    standing = rows_of("Contribution").filter(item_id=OuterRef("pk"), withdrawn_at=None).order_by()
    grouped = standing.values("item_id", "currency").annotate(first=Min("created_at"))
    rows: models.QuerySet[Any, dict[str, Any]] = grouped.order_by("first", "currency")
    return rows


class Item(PushedModel):
    """One wish. `units_taken` and `cap` are written by the reserving verbs alone (wishlists/services/reserving.py).

    `cap` is `max(quantity, units_taken)`, so that a recipient may lower the quantity below what is taken and gets
    the same answer as if nothing were. `mark` is the recipients' own flag and independent of what givers did.
    """

    class Mark(models.TextChoices):
        NONE = "", _("not marked")
        SET_ASIDE = "set_aside", _("the recipient is getting it themselves")
        RECEIVED = "received", _("received by the recipient")

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="items")
    title = LineColumn(_("title"), max_length=512)
    description = LinesColumn(_("description"), blank=True)
    link_url = models.URLField(_("link to the product"), max_length=2048, blank=True)
    image_url = models.URLField(_("link to a picture"), max_length=2048, blank=True)
    more_links = models.JSONField(default=list, blank=True)
    more_images = models.JSONField(default=list, blank=True)
    """Further addresses, lists of texts, after the two fields that older clients know."""
    price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    position = models.IntegerField(default=0)
    quantity = models.PositiveIntegerField(
        _("quantity (empty: any number)"), null=True, blank=True, default=1
    )
    cap = models.PositiveIntegerField(null=True, editable=False, default=1)
    units_taken = models.PositiveIntegerField(editable=False, default=0)
    mark = models.CharField(max_length=10, choices=Mark, default=Mark.NONE, blank=True)
    marked_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    marked_at = models.DateTimeField(null=True, editable=False)
    contributed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    is_secret = models.BooleanField(default=False, editable=False)
    """Added by a giver, for givers: recipients learn of it at the reveal, the public never."""
    draft_of = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="drafts")
    """Whose draft this is; None once it is shown."""
    choice = models.UUIDField(null=True, blank=True)
    """Items of one list with the same value are alternatives: taking one closes the others."""
    removed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    counted_currency: str
    """Annotated by `with_counted_currency`."""

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cap=None) | Q(units_taken__lte=F("cap")), name="item_units_taken_within_cap"
            ),
            models.CheckConstraint(
                # A check lets NULL pass, so each side says which columns it is about.
                condition=Q(cap=None, quantity=None)
                | Q(cap__isnull=False, cap__gte=F("quantity"), quantity__isnull=False, quantity__gte=1),
                name="item_cap_covers_quantity",
            ),
            models.CheckConstraint(
                condition=Q(price_minor=None) | Q(price_minor__gte=0), name="item_price_not_negative"
            ),
        ]
        indexes = [
            models.Index("wishlist", "position", "created_at", name="item_in_order"),
            models.Index("choice", condition=Q(choice__isnull=False), name="item_alternatives"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_marked(self) -> bool:
        """A recipient has set it aside or has it: closed to new givers."""
        return self.mark != Item.Mark.NONE
