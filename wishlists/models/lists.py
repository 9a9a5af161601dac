"""A wishlist, and the querysets that decide who may see it."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONArray
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant, User
from core.db.models import PushedModel
from core.text.text_columns import LineColumn, LinesColumn


def rows_of(model: str) -> models.QuerySet[Any]:
    """Return all rows of a model that refers to this one and is defined in a module that imports it."""
    return cast("models.QuerySet[Any]", apps.get_model("wishlists", model)._default_manager.all())


def blinding_places() -> models.QuerySet[Any]:
    """Return `Member.objects.blinding()`, without importing Member, whose module imports this one."""
    return cast("models.QuerySet[Any]", apps.get_model("wishlists", "Member").objects.blinding())


def default_time_zone() -> str:
    """Return the site's time zone, a name of the tz database."""
    return settings.TIME_ZONE


class Counts(NamedTuple):
    """Numbers of items. `received`: marked by recipients. `bought`: received, or all units are bought. These three leave
    out secret additions, which `secret` and `secret_bought` count alone.
    """

    items: int = 0
    received: int = 0
    bought: int = 0
    secret: int = 0
    secret_bought: int = 0


def in_tenant_of(user: User, at: str = "") -> Q:
    """Match rows whose list is in the tenant of `user`. Every filter that takes a user has this one (G21)."""
    return Q(**{f"{at}tenant_id": user.tenant_id})


def list_visible_to(user: User, at: str = "") -> Q:
    """Match rows whose list `user` may open by id. `at` is the path to the list, such as `wishlist__`.

    Other tables join the list instead of looking into all lists that `user` may open, which SQLite would collect first.
    """
    membership = rows_of("Member").filter(wishlist_id=OuterRef(f"{at}pk"), user=user, removed_at=None)
    live = Q(**{f"{at}removed_at": None, f"{at}hidden_at": None})
    return live & in_tenant_of(user, at) & (Q(**{f"{at}is_public": True}) | Q(Exists(membership)))


class WishlistQuerySet(models.QuerySet["Wishlist"]):
    """Filters for lists. Every filter that takes a user stays inside that user's tenant (G21)."""

    def live(self) -> WishlistQuerySet:
        return self.filter(removed_at=None, hidden_at=None)

    def shared_with(self, user: User) -> WishlistQuerySet:
        """Lists of which `user` is a member: owner, editor or viewer."""
        # Not `Exists`: SQLite would look for a membership of every list.
        memberships = rows_of("Member").filter(user=user, removed_at=None)
        return self.live().filter(in_tenant_of(user), pk__in=memberships.values("wishlist_id"))

    def owned_by(self, user: User) -> WishlistQuerySet:
        return self.live().filter(in_tenant_of(user), owner=user)

    def visible_to(self, user: User) -> WishlistQuerySet:
        """Lists that `user` may open by id: those shared with them, and public ones of their tenant."""
        return self.filter(list_visible_to(user))

    def for_viewer(self, user: User | None) -> WishlistQuerySet:
        """Annotate the role of `user`, and whether they are a recipient. Only wishlists/access/viewpoint.py reads the
        annotations, and removes them from the rows.
        """
        mine = rows_of("Member").filter(wishlist_id=OuterRef("pk"), user=user, removed_at=None)
        return self.annotate(
            viewer_role=Subquery(mine.values("role")[:1]),
            viewer_is_recipient=Exists(blinding_places().filter(wishlist_id=OuterRef("pk"), user=user)),
        )

    def with_counts(self) -> WishlistQuerySet:
        """Add `counts`. The items of each list are read once, by an aggregate for all counts together."""
        unbought = rows_of("Reservation").filter(item_id=OuterRef("pk"), released_at=None, stage="reserved")
        received = Q(mark="received")
        bought = received | (Q(mark="", units_taken=F("cap")) & ~Exists(unbought))
        known, secret = Q(is_secret=False), Q(is_secret=True)
        counted: tuple[Any, ...] = (known, known & received, known & bought, secret, secret & bought)
        there = rows_of("Item").filter(wishlist_id=OuterRef("pk"), removed_at=None, draft_of=None)
        counts = JSONArray(*(Count("pk", filter=condition) for condition in counted))
        by_list = there.order_by().values("wishlist_id").annotate(counts=counts)
        return self.annotate(_counts=Subquery(by_list.values("counts")))

    def own_first(self, user: User) -> WishlistQuerySet:
        """Order by own lists first (by `sort_order`, `due_date` and age), then the lists shared with `user`."""
        theirs = models.Case(models.When(owner=user, then=0), default=1)
        return self.order_by(theirs, "sort_order", F("due_date").asc(nulls_last=True), "created_at", "id")


class Wishlist(PushedModel):
    """A list of wishes. It is withdrawn and never deleted, because others have reserved things on it.

    `updated_at` changes when something is edited that recipients may see. Nothing that a giver does changes it.
    """

    class Kind(models.TextChoices):
        """A shared list has no recipients: everybody on it adds things and ticks them off (docs/shared-lists.md)."""

        WISHES = "wishes", _("Wish list")
        SHARED = "shared", _("Shared list")

    class Policy(models.TextChoices):
        SURPRISE = "surprise", _("Surprise: recipients see nothing")
        STATUS = "status", _("Status: recipients see what is taken, but not by whom")
        OPEN = "open", _("Open: recipients see everything")

    class Additions(models.TextChoices):
        """Who may add wishes that only givers see."""

        NOBODY = "nobody", _("nobody")
        EDITORS = "editors", _("editors")
        GIVERS = "givers", _("people I invited")

    class Suggestions(models.TextChoices):
        """Who may propose wishes to the owner."""

        NOBODY = "nobody", _("nobody")
        MEMBERS = "members", _("people I invited")
        ANYONE = "anyone", _("anyone who can open the list")

    # Without an index: most installations have one tenant, and the index would find every list.
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="wishlists", db_index=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="wishlists")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.WISHES, editable=False)
    title = LineColumn(_("title"), max_length=255)
    description = LinesColumn(_("description"), blank=True)
    is_public = models.BooleanField(_("anyone who is logged in can open it with the link"), default=False)
    due_date = models.DateField(_("date of the occasion"), null=True, blank=True)
    sort_order = models.IntegerField(default=0)
    policy = models.CharField(
        _("what recipients can see"), max_length=10, choices=Policy, default=Policy.SURPRISE
    )
    names_shown = models.BooleanField(_("givers see each other's names"), default=True)
    recipient_name = LineColumn(_("recipient's name, if they have no account"), max_length=80, blank=True)
    guests_confirm = models.BooleanField(_("guests must confirm their e-mail address first"), default=False)
    guests_identify = models.BooleanField(
        _("guests must give their name before they see what is taken"), default=False
    )
    lapse_days = models.PositiveSmallIntegerField(
        _("release unbought reservations after (days; empty: never)"), null=True, blank=True
    )
    secret_additions = models.CharField(
        _("who can add secret wishes"),
        max_length=10,
        choices=Additions,
        default=Additions.GIVERS,
    )
    suggestions_from = models.CharField(
        _("who can suggest wishes"), max_length=10, choices=Suggestions, default=Suggestions.ANYONE
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=default_time_zone)
    reveal_on = models.DateField(_("reveal date"), null=True, blank=True)
    reveal_at = models.DateTimeField(_("time of the reveal"), null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, editable=False)
    shared_at = models.DateTimeField(null=True, editable=False)
    invitations_epoch = models.PositiveIntegerField(default=0, editable=False)
    """Part of each invitation to this list. Raising it revokes all of them (docs/invitations.md)."""
    hidden_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    _counts: list[int] | None
    """Annotated by `with_counts`. None for a list without items."""

    objects = WishlistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lapse_days=None) | Q(lapse_days__gte=1), name="lapse_days_positive"
            ),
            models.CheckConstraint(
                condition=~Q(kind="shared") | Q(policy="open"), name="shared_lists_have_no_secret"
            ),
        ]
        indexes = [
            models.Index("owner", "sort_order", name="wishlist_of_owner"),
            models.Index(
                "reveal_at",
                condition=Q(revealed_at=None, reveal_at__isnull=False),
                name="wishlist_to_reveal",
            ),
            models.Index(
                "lapse_days", condition=Q(lapse_days__isnull=False), name="wishlist_limiting_reservations"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shared(self) -> bool:
        """Whether it is a shared list, on which things are ticked off."""
        return self.kind == Wishlist.Kind.SHARED

    @property
    def counts(self) -> Counts:
        """How many items there are, if the row comes from `with_counts`."""
        return Counts(*(self._counts or Counts()))
