"""Links that are mailed to users and can be used once."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from core.db.models import UUIDModel
from core.mailboxes.mailbox_forms import MAX_MAILBOX, account_mailbox


class AccountLinkQuerySet(models.QuerySet["AccountLink"]):
    def live(self) -> AccountLinkQuerySet:
        """Return valid links: not used, not ended, and not too old."""
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
        """Return live links by which a user can take this address back. Meanwhile nobody else may have it."""
        return self.live().filter(purpose=AccountLink.Purpose.ADDRESS, mailbox=account_mailbox(email))

    def end(self) -> int:
        return self.update(ended_at=timezone.now())


class AccountLink(UUIDModel):
    """A mailed link that can be used once, to set a new password or to take back an old address.

    The token is not stored but computed (accounts/access/link_tokens.py), so the row gives no access.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - not a password
        ADDRESS = "address"

    PASSWORD_GOOD_FOR = timedelta(hours=24)
    ADDRESS_GOOD_FOR = timedelta(days=7)

    user = models.ForeignKey(User, models.CASCADE, related_name="account_links")
    purpose = models.CharField(max_length=10, choices=Purpose)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    address = models.EmailField(max_length=254)
    """The address to which it was mailed. For an old address, also the one that it restores."""
    mailbox = models.CharField(max_length=MAX_MAILBOX, db_index=True)
    """The canonical form of the address, for comparisons."""
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AccountLinkQuerySet.as_manager()
