"""What is to be told on other channels than the inbox, and what has been told there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Notification, User
from core.db.models import UUIDModel
from notices.models.push_subscriptions import PushSubscription


class NoticeDeliveryQuerySet(models.QuerySet["NoticeDelivery"]):
    def mails(self) -> NoticeDeliveryQuerySet:
        return self.filter(subscription=None)

    def pushes(self) -> NoticeDeliveryQuerySet:
        return self.exclude(subscription=None)

    def pending(self) -> NoticeDeliveryQuerySet:
        """Those that are still to be told, because they are new or changed since they were told."""
        return self.filter(done_at=None)


class NoticeDelivery(UUIDModel):
    """One notification on one channel: the user's mail, or one of their browsers.

    There is at most one row for each, so a notification that changes sixty times until it is due is told once, as it is
    then. If it changes later, the row is pending again.
    """

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    subscription = models.ForeignKey(PushSubscription, models.CASCADE, null=True, related_name="deliveries")
    """The browser, or None for mail."""
    cadence = models.CharField(max_length=10, blank=True, default="")
    """For mail: at once, daily or weekly."""
    due_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    """When a job was made that sends it."""
    claimed_until = models.DateTimeField(null=True)
    """Until when a worker that is sending it has it for itself."""
    done_at = models.DateTimeField(null=True)
    """When it was told, or left out because it was read before or is no longer wanted."""
    failures = models.PositiveSmallIntegerField(default=0)

    objects = NoticeDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("notification", condition=Q(subscription=None), name="one_mail_a_notice"),
            models.UniqueConstraint(
                F("notification"), F("subscription"), name="one_push_a_notice_and_browser"
            ),
        ]
        indexes = [
            models.Index("due_at", condition=Q(done_at=None), name="delivery_due"),
            models.Index("user", "due_at", condition=Q(done_at=None), name="delivery_of_user_due"),
        ]
