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
from wishlists.models.lists import Wishlist, blinding_places, list_visible_to, rows_of

if TYPE_CHECKING:
    from wishlists.models.viewers import Sight


class ItemQuerySet(models.QuerySet["Item"]):
    def live(self) -> ItemQuerySet:
        """Items that are on their list: not removed and not drafts."""
        return self.filter(removed_at=None, draft_of=None)

    def drafts_of(self, user: User) -> ItemQuerySet:
        """The drafts of `user`."""
        return self.filter(removed_at=None, draft_of=user)

    def open_knowledge(self) -> ItemQuerySet:
        """Items that are not secret additions."""
        return self.filter(is_secret=False)

    def known_with(self, sight: Sight) -> ItemQuerySet:
        """Items that somebody with that sight may know about, including removed ones."""
        return self if sight.sees_secrets else self.open_knowledge()

    def seen_with(self, sight: Sight) -> ItemQuerySet:
        """Items that somebody with that sight sees on a list. Use it wherever items are read for a viewer."""
        return self.live().known_with(sight)

    def archived(self, archived: bool = True) -> ItemQuerySet:
        """Items that recipients have received; with False, all others."""
        return self.filter(mark=Item.Mark.RECEIVED) if archived else self.exclude(mark=Item.Mark.RECEIVED)

    def restorable(self) -> ItemQuerySet:
        """Removed items that can be restored. Items that a moderator removed can't, until a moderator restores them."""
        gone = self.exclude(removed_at=None).filter(draft_of=None)
        acts = rows_of("Activity").filter(
            item_id=OuterRef("pk"), kind__in=("moderation_item_removed", "moderation_item_restored")
        )
        newest = Subquery(acts.order_by("-created_at", "-id").values("kind")[:1])
        return gone.annotate(moderated=newest).filter(
            Q(moderated=None) | ~Q(moderated="moderation_item_removed")
        )

    def alike(self, item: Item | None = None, left: UUID | None = None) -> ItemQuerySet:
        """Alternatives of `item`: other live items of its list with the same `choice`, or with the choice `left`.

        Secret items are only alternatives of secret items. If they closed items that recipients see, recipients would
        learn about them.

        Without `item`, the alternatives of the item of the outer query.
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
        """Items on lists that `user` may open. Secret additions are included only if their sight allows it, as in
        `seen_with`.
        """
        place = {"wishlist_id": OuterRef("wishlist_id"), "user": user}
        let_in = rows_of("Member").filter(removed_at=None, **place)
        told = Q(wishlist__policy=Wishlist.Policy.OPEN) | Q(wishlist__revealed_at__isnull=False)
        sees_secrets = Q(Exists(let_in)) & (told | ~Q(Exists(blinding_places().filter(**place))))
        there = self.live().filter(list_visible_to(user, "wishlist__"))
        return there.filter(Q(is_secret=False) | sees_secrets)

    def for_viewer(self, user: User | None) -> ItemQuerySet:
        """Select the list too, and annotate the role of `user` on it: see `WishlistQuerySet.for_viewer`."""
        place = {"wishlist_id": OuterRef("wishlist_id"), "user": user}
        mine = rows_of("Member").filter(removed_at=None, **place)
        return self.select_related("wishlist").annotate(
            viewer_role=Subquery(mine.values("role")[:1]),
            viewer_is_recipient=Exists(blinding_places().filter(**place)),
        )

    def with_counted_currency(self) -> ItemQuerySet:
        """Add `counted_currency`, in which money for the item is counted.

        It is the currency of existing contributions, else of the open collection, else of the item. A recipient may
        change the item's currency at any time, so it can differ.
        """
        collected = rows_of("Collection").filter(item_id=OuterRef("pk"), ended_at=None).order_by()
        found = (Subquery(rows.values("currency")[:1]) for rows in (_standing_by_currency(), collected))
        return self.annotate(counted_currency=Coalesce(*found, F("currency")))

    def with_contributed(self) -> ItemQuerySet:
        """Add `pledged_minor` and `paid_minor`: the contributions in `counted_currency`. Other currencies can't be
        added up.
        """

        def total(status: str) -> Coalesce:
            sums = _standing_by_currency().annotate(total=Sum("amount_minor", filter=Q(status=status)))
            return Coalesce(Subquery(sums.values("total")[:1]), 0, output_field=models.BigIntegerField())

        counted = self.with_counted_currency()
        return counted.annotate(pledged_minor=total("pledged"), paid_minor=total("paid"))


def _standing_by_currency() -> models.QuerySet[Any, dict[str, Any]]:
    """Group the contributions for the item of the outer query by currency, oldest first.

    There is one group, except for rows from before an item was limited to one currency.
    """
    standing = rows_of("Contribution").filter(item_id=OuterRef("pk"), withdrawn_at=None).order_by()
    grouped = standing.values("item_id", "currency").annotate(first=Min("created_at"))
    rows: models.QuerySet[Any, dict[str, Any]] = grouped.order_by("first", "currency")
    return rows


class Item(PushedModel):
    """One wish.

    Only the services that reserve write `units_taken` and `cap` (wishlists/services/reserving.py). `cap` is
    `max(quantity, units_taken)`, so a recipient may set the quantity below what is taken and gets the same answer as if
    nothing were taken. `mark` is set by recipients and doesn't depend on what givers did.
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
    """Further addresses, as lists of texts, after `link_url` and `image_url`, which older clients know."""
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
    """Added by a giver, for givers. Recipients see it after the reveal, the public never."""
    draft_of = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="drafts", db_index=False
    )
    """The author, while this is a draft. None once it is on the list."""
    choice = models.UUIDField(null=True, blank=True)
    """Items of one list with the same value are alternatives: if one is reserved, the others are closed to new givers.
    """
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
                # A check constraint passes on NULL, so each side states which columns are null.
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
            # Not the index of the foreign key: nearly all items are no drafts, and until its first ANALYZE PostgreSQL
            # believes that `draft_of IS NULL` finds few rows.
            models.Index("draft_of", condition=Q(draft_of__isnull=False), name="item_drafts"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_marked(self) -> bool:
        """Whether a recipient marked it as set aside or received. It is then closed to new givers."""
        return self.mark != Item.Mark.NONE
