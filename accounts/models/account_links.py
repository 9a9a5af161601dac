"""Links that are mailed to a person and can be used once."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from core.db.models import UUIDModel
from core.mailboxes.mailbox_forms import MAX_MAILBOX, account_mailbox


class AccountLinkQuerySet(models.QuerySet["AccountLink"]):
    def live(self) -> AccountLinkQuerySet:
        """Links that still open something: neither used, nor ended, nor too old."""
        now = timezone.now()
        young = models.Q(
            purpose=AccountLink.Purpose.PASSWORD, created_at__gt=now - AccountLink.PASSWORD_GOOD_FOR
        )
        young |= models.Q(
            purpose=AccountLink.Purpose.ADDRESS, created_at__gt=now - AccountLink.ADDRESS_GOOD_FOR
        )
        return self.filter(young, used_at=None, ended_at=None)

    def passwords(self) -> AccountLinkQuerySet:
        return self.filter(purpose=AccountLink.Purpose.PASSWORD)

    def keeping(self, email: str) -> AccountLinkQuerySet:
        """Live links by which somebody may take this address back. Until then nobody else has it."""
        return self.live().filter(purpose=AccountLink.Purpose.ADDRESS, mailbox=account_mailbox(email))

    def end(self) -> int:
        return self.update(ended_at=timezone.now())


class AccountLink(UUIDModel):
    """A link that was mailed to a person, to be used once: to set a new password, or to take back their old address.

    Its token is derived (accounts/services/account_links.py): the row opens nothing.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - not one
        ADDRESS = "address"

    PASSWORD_GOOD_FOR = timedelta(hours=24)
    ADDRESS_GOOD_FOR = timedelta(days=7)

    user = models.ForeignKey(User, models.CASCADE, related_name="account_links")
    purpose = models.CharField(max_length=10, choices=Purpose)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    address = models.EmailField(max_length=254)
    """Where it was mailed; of an old address, the one that it brings back."""
    mailbox = models.CharField(max_length=MAX_MAILBOX, db_index=True)
    """The address in the form in which addresses are compared."""
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AccountLinkQuerySet.as_manager()
