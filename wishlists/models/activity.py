"""The one append-only log: what happened on a list, who did it, and who may read that."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import UUIDModel
from wishlists.models.items import Item
from wishlists.models.lists import Wishlist
from wishlists.models.people import Guest


class Activity(UUIDModel):
    """One action. Rows are added by services and never changed (G17)."""

    class Circle(models.TextChoices):
        EVERYONE = "everyone", _("everyone on the list")
        GIVERS = "givers", _("givers")
        MODERATORS = "moderators", _("moderators")

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="activities")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="activities")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    circle = models.CharField(max_length=10, choices=Circle)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["wishlist", "-created_at"], name="activity_newest")]
        verbose_name_plural = "activities"
