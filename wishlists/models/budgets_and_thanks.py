"""What belongs to one giver (budgets) or to one recipient (thanks), and to nobody else."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.db.models import UUIDModel
from core.text.text_columns import LinesColumn
from wishlists.models.giving import one_giver
from wishlists.models.lists import Wishlist
from wishlists.models.people import Guest


class Budget(UUIDModel):
    """How much a giver means to spend on a list. Nobody else reads it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="budgets")
    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", "wishlist", name="one_budget_a_list"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="budget_not_negative"),
        ]


class Thanks(UUIDModel):
    """A recipient's thanks to one giver of a list, after the reveal: a note, sent or only ticked off."""

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="thanks")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="thanks")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="thanks")
    note = LinesColumn(blank=True)
    sent_at = models.DateTimeField(null=True)
    ticked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_giver("thanks_one_giver"),
            models.UniqueConstraint("wishlist", "user", condition=Q(guest=None), name="one_thanks_a_user"),
            models.UniqueConstraint("wishlist", "guest", condition=Q(user=None), name="one_thanks_a_guest"),
        ]
        verbose_name_plural = "thanks"
