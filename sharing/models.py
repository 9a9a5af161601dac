"""Ways in: public links, and suggestions of people who may not add items themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import PushedModel, UUIDModel
from core.text.text_columns import LineColumn, LinesColumn
from wishlists.models import Guest, Item, Wishlist


class PublicLinkQuerySet(models.QuerySet["PublicLink"]):
    def live(self) -> PublicLinkQuerySet:
        """Links that let somebody stay in: not revoked, not expired, of a list that is there."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            wishlist__removed_at=None,
            wishlist__hidden_at=None,
        )


class PublicLink(PushedModel):
    """A capability: whoever holds the token takes part. The token is derived (sharing/access/capabilities.py), not stored.

    `view_count` counts the openings of a link with `max_views` and stays 0 without: a count that moved with every
    reload would tell the owner, who is a recipient, that somebody had just acted.
    """

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="public_links")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    max_views = models.PositiveIntegerField(_("maximum opens"), null=True, blank=True)
    view_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

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
        """Nobody new gets in; whoever is in stays."""
        return self.max_views is not None and self.view_count >= self.max_views

    @property
    def is_spent(self) -> bool:
        """Nobody new gets in by it, whatever the list."""
        return self.has_expired or self.is_used_up

    @property
    def leads_to_list(self) -> bool:
        return self.wishlist.removed_at is None and self.wishlist.hidden_at is None


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def pending(self) -> SuggestionQuerySet:
        return self.filter(status=Suggestion.Status.PENDING)


class Suggestion(PushedModel):
    """A wish that somebody proposes and the owner accepts or rejects."""

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
    """A mail to a guest: with a code that confirms their address, with their manage link, or with news.

    Neither code nor link is stored: both are derived (sharing/access/capabilities.py), the code from the key of this row.
    """

    class Kind(models.TextChoices):
        """News are called as notifications are."""

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
    """How a guest who gave an address has their mail."""

    guest = models.OneToOneField(Guest, models.PROTECT, related_name="mail")
    language = models.CharField(max_length=10)
    """The one in which they used the site last."""
    stopped_at = models.DateTimeField(null=True)
    """They want no news."""
