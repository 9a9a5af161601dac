"""Webhooks, how far each has followed each list, and what receivers answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import UUIDModel
from realtime.models import Stream
from wishlists.models import Wishlist


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def active(self) -> WebhookQuerySet:
        return self.filter(stopped_at=None, user__is_active=True)


class Webhook(UUIDModel):
    """An address of a program of `user` that gets the events of their lists. Its secret is derived (access.py)."""

    class Stop(models.TextChoices):
        FAILED = "failed", _("It could not be reached for a day.")
        GONE = "gone", _("It answered 410: it wants no more events.")
        PAUSED = "paused", _("You paused it.")

    user = models.ForeignKey(User, models.CASCADE, related_name="webhooks")
    url = models.TextField()
    wishlist = models.ForeignKey(Wishlist, models.CASCADE, null=True, related_name="+")
    """The list that it follows, or None for all lists that the user owns or is on."""
    events = models.JSONField(default=list)
    """The types of events that it gets; none for all."""
    created_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=10, choices=Stop, blank=True, default="")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "id")


class FollowedListQuerySet(models.QuerySet["FollowedList"]):
    def behind(self) -> FollowedListQuerySet:
        """Those whose stream has events that were not delivered yet, or whose receiver has to read the list anew."""
        stream = Stream.objects.filter(key=OuterRef("stream_key"))
        moved = stream.filter(Q(head__gt=OuterRef("seq")) | ~Q(epoch=OuterRef("epoch")))
        return self.filter(Q(epoch="") | Exists(moved))


class FollowedList(UUIDModel):
    """How far a webhook has followed a list: everything up to `seq` of `epoch` was delivered, in that order.

    `stream_key` is the stream of the user's audience. With an empty epoch, the receiver is told to read the list anew.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="followed")
    wishlist = models.ForeignKey(Wishlist, models.CASCADE, related_name="+")
    stream_key = models.CharField(max_length=80)
    epoch = models.CharField(max_length=12, blank=True, default="")
    seq = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)

    objects = FollowedListQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(F("webhook"), F("wishlist"), name="list_followed_once")]
        indexes = [models.Index("due_at", name="followed_list_due")]


class WebhookDelivery(UUIDModel):
    """One attempt to deliver an event, and the answer. It does not keep what was sent."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    wishlist = models.ForeignKey(Wishlist, models.CASCADE, related_name="+")
    message_id = models.CharField(max_length=40)
    """The `webhook-id` header. Attempts to deliver the same event have the same one."""
    event = models.CharField(max_length=40)
    attempt = models.PositiveSmallIntegerField()
    status = models.PositiveSmallIntegerField()
    """The HTTP status of the answer, or 0 if there was none."""
    answer = models.TextField(blank=True)
    """The beginning of the answer, or why there was none."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["webhook", "-created_at"], name="webhook_delivery_newest")]
