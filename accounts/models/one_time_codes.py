"""One-time codes that are mailed to an address."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.db.models import UUIDModel
from core.mailboxes.mailbox_forms import MAX_MAILBOX

TRIES = 5
"""How often a code is compared, right or wrong (G10)."""
GOOD_FOR = timedelta(minutes=10)


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    def live(self) -> OneTimeCodeQuerySet:
        """Return codes that may still be used: not used, not ended, and not too old."""
        return self.filter(used_at=None, ended_at=None, created_at__gt=timezone.now() - GOOD_FOR)

    def end(self) -> int:
        return self.update(ended_at=timezone.now())


class OneTimeCode(UUIDModel):
    """A code of six digits for one purpose and one mailbox.

    The code is not stored but computed (accounts/access/code_digits.py), so the row gives no access. There is a row for
    every address that somebody enters, also for those without an account, so that both cost the same.
    """

    class Purpose(models.TextChoices):
        VERIFY = "verify", _("verify the address")
        LOG_IN = "log_in", _("log in")
        RESET = "reset", _("set a new password")
        ADDRESS = "address", _("change the address")

    purpose = models.CharField(max_length=10, choices=Purpose)
    address = models.EmailField(max_length=254)
    """The address as it was entered. The account is found by it, both for sending and for using the code."""
    mailbox = models.CharField(max_length=MAX_MAILBOX)
    """The canonical form of the address, for comparisons."""
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="codes_asked_for")
    """Who asked while logged in. None for codes that anybody may ask for."""
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="one_time_code_tried_five_times")
        ]
        indexes = [models.Index(fields=["mailbox", "purpose", "-created_at"], name="one_time_code_newest")]
