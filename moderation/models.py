"""Reports, and how moderators decided about them. Both tables are append-only (see the migration)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant, User
from core.db.models import UUIDModel
from core.text.text_columns import LinesColumn
from wishlists.models import Guest, Item, Message, Wishlist


class ReportQuerySet(models.QuerySet["Report"]):
    def pending(self) -> ReportQuerySet:
        """Reports about which no moderator has decided."""
        return self.filter(decision=None)


class Report(UUIDModel):
    """What somebody told the moderators about a list, a wish, a message or a person.

    `user` and `guest` are who reported it; with neither, it was somebody who came by a link and gave no name. Rows are
    never changed: a `Decision` closes a report.
    """

    class Target(models.TextChoices):
        LIST = "list", _("list")
        ITEM = "item", _("wish")
        MESSAGE = "message", _("message")
        PERSON = "person", _("person")

    class Reason(models.TextChoices):
        SPAM = "spam", _("spam or advertising")
        ABUSE = "abuse", _("insults or threats")
        FRAUD = "fraud", _("fraud")
        PRIVACY = "privacy", _("somebody's private data")
        ILLEGAL = "illegal", _("illegal content")
        OTHER = "other", _("something else")

    # Without an index: most installations have one tenant.
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    target = models.CharField(_("about a"), max_length=10, choices=Target)
    wishlist = models.ForeignKey(
        Wishlist, models.PROTECT, null=True, related_name="reports", verbose_name=_("list")
    )
    """The list on which it is. For a person, the list by whose link the reporter came, if they did."""
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+", verbose_name=_("wish"))
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """Who answers for it: the owner of the list, the author, or the person. None for a guest."""
    is_about_giving = models.BooleanField(default=False)
    """Whether the target is hidden from moderators until they open the list: a message or a secret wish."""
    quoted = LinesColumn(blank=True)
    """What it said when it was reported, because it may be edited afterwards."""
    reason = models.CharField(max_length=10, choices=Reason)
    details = LinesColumn(blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="reports")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="reports")
    created_at = models.DateTimeField(auto_now_add=True)

    decision: Decision
    """The reverse of `Decision.report`; raises `Decision.DoesNotExist` while the report is pending."""

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(user=None) | Q(guest=None), name="report_one_reporter"),
            models.CheckConstraint(
                condition=Q(target="list", item=None, message=None, person=None, wishlist__isnull=False)
                | Q(target="item", item__isnull=False, message=None, person=None, wishlist__isnull=False)
                | Q(
                    target="message",
                    item__isnull=False,
                    message__isnull=False,
                    person=None,
                    wishlist__isnull=False,
                )
                | Q(target="person", item=None, message=None, person__isnull=False),
                name="report_one_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}: {self.get_reason_display()}"


class Decision(UUIDModel):
    """How a moderator closed a report. There is at most one, which the database sees to."""

    class Resolution(models.TextChoices):
        RESOLVED = "resolved", _("resolved")
        DISMISSED = "dismissed", _("dismissed")

    report = models.OneToOneField(Report, models.PROTECT, related_name="decision")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    resolution = models.CharField(max_length=10, choices=Resolution)
    note = LinesColumn()
    """Why. Only moderators read it."""
    created_at = models.DateTimeField(auto_now_add=True)
