"""Public links, suggestions, and mail to guests."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import PushedModel, UUIDModel
from core.text.text_columns import LineColumn, LinesColumn
from wishlists.models import Guest, Item, Wishlist

_CLOSED = Q(wishlist__owner__is_active=False) | Q(wishlist__tenant__is_active=False)
"""The account of the owner was deactivated, or their tenant."""


class PublicLinkQuerySet(models.QuerySet["PublicLink"]):
    def live(self) -> PublicLinkQuerySet:
        """Links that still work for people who have opened them: not revoked, not expired, and the list is there."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            ~_CLOSED,
            revoked_at=None,
            wishlist__removed_at=None,
            wishlist__hidden_at=None,
        )

    def with_closed(self) -> PublicLinkQuerySet:
        """Annotate `is_closed`. Links are found with it, wherever somebody comes by one."""
        return self.annotate(is_closed=models.ExpressionWrapper(_CLOSED, models.BooleanField()))


class PublicLink(PushedModel):
    """A public link. Anybody with its token can take part. The token is derived (sharing/access/capabilities.py), not
    stored.

    `view_count` counts how often a link with `max_views` was opened. Without `max_views` it stays 0: a count that
    changed with every reload would tell the owner, who is a recipient, that somebody had just acted.
    """

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="public_links")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    max_views = models.PositiveIntegerField(_("maximum opens"), null=True, blank=True)
    view_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    is_closed: bool
    """Annotated by `with_closed`."""

    objects = PublicLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "wishlist", condition=Q(revoked_at=None), name="one_unrevoked_link_a_list"
            ),
            models.CheckConstraint(
                condition=Q(max_views=None) | Q(max_views__gte=1), name="link_views_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(max_views=None) | Q(view_count__lte=F("max_views")),
                name="link_views_within_limit",
            ),
        ]

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_used_up(self) -> bool:
        """Whether all views are spent. Nobody new gets in; people who have opened the link stay in."""
        return self.max_views is not None and self.view_count >= self.max_views

    @property
    def is_spent(self) -> bool:
        """Whether the link has expired or all its views are spent. The state of the list doesn't matter."""
        return self.has_expired or self.is_used_up

    @property
    def leads_to_list(self) -> bool:
        return self.wishlist.removed_at is None and self.wishlist.hidden_at is None


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def pending(self) -> SuggestionQuerySet:
        return self.filter(status=Suggestion.Status.PENDING)


class Suggestion(PushedModel):
    """A wish that somebody proposed. The owner accepts or rejects it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="suggestions")
    suggested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="suggestions")
    title = LineColumn(max_length=512)
    link_url = models.URLField(max_length=2048, blank=True)
    message = LinesColumn(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("wishlist", "status", "created_at", name="suggestion_pending")]


class GuestLetter(UUIDModel):
    """A mail to a guest: a code that confirms their address, their manage link, or a notice.

    Neither the code nor the link is stored. Both are derived (sharing/access/capabilities.py), the code from this row's
    key.
    """

    class Kind(models.TextChoices):
        """The kinds of mail. Notices have the same kind as the notifications of members."""

        CODE = "code", _("code")
        LINK = "link", _("link")
        OFFERED = "item_offered"
        NUDGED = "reservation_nudged"
        LAPSED = "reservation_lapsed"
        CHANGED = "item_changed"
        REMOVED = "item_removed"
        PLEDGE_OFF = "item_removed_pledged"
        REFUND = "refund_paid"
        RESTORED = "item_restored"
        SET_ASIDE = "item_set_aside"
        RECEIVED = "item_received"
        ANSWERED = "question_answered"
        REACHED = "collection_reached"
        MISSED = "collection_missed"
        ENDED = "collection_ended"
        DELETED = "wishlist_deleted"
        REVEALED = "wishlist_revealed"
        RECIPIENTS = "recipients_changed"
        OPENED = "giving_opened"
        WHO_SEES = "who_sees_changed"

    ASKED_FOR = (Kind.CODE, Kind.LINK)

    guest = models.ForeignKey(Guest, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=30, choices=Kind)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=5), name="code_tried_five_times")]
        indexes = [models.Index("guest", "created_at", name="letter_of_guest")]

    @property
    def is_notice(self) -> bool:
        return self.kind not in self.ASKED_FOR


class GuestMail(UUIDModel):
    """The mail settings of a guest who gave an address."""

    guest = models.OneToOneField(Guest, models.PROTECT, related_name="mail")
    language = models.CharField(max_length=10)
    """The language in which the guest last used the site."""
    stopped_at = models.DateTimeField(null=True)
    """Since when the guest wants no more notices."""
