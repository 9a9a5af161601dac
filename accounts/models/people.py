"""Tenants and users."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.db.change import change
from core.db.models import PushedModel, UUIDModel
from core.mailboxes.address_checks import validate_address
from core.mailboxes.handles import is_handle
from core.mailboxes.mailbox_columns import MailboxColumn
from core.mailboxes.mailbox_forms import account_mailbox, canonical_address, own_mailbox
from core.text.passwords import forms, one_form
from core.text.text_columns import LineColumn

DEFAULT_TENANT_ID = uuid.UUID("00000000-0000-4000-8000-000000000001")
"""The tenant that the first migration creates. While it is the only one, tenants are not visible to anybody."""


ADDRESS_COLUMNS = ("email", "mailbox", "mailbox_copy", "address_verified_at")


class Tenant(UUIDModel):
    """A separate part of an installation. Its users cannot reach anything in another tenant."""

    name = LineColumn(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates users, and finds them by e-mail address. All code uses this lookup."""

    def with_address(self, email: str, **among: Any) -> list[User]:
        """Return the users with this mailbox, in any spelling. `among` are further filter conditions.

        There is at most one, except for accounts from before addresses were compared by mailbox. They are sorted: names
        in ASCII first, then exactly this spelling, then the same canonical address, then the oldest.
        """
        mailboxes = {account_mailbox(email), own_mailbox(email)} - {""}
        typed, address = email.strip(), canonical_address(email)

        def distance(user: User) -> tuple[bool, bool, bool, int]:
            spelled = user.email != typed, canonical_address(user.email) != address
            return not user.email.rpartition("@")[0].isascii(), *spelled, user.mailbox_copy

        return sorted(self.filter(mailbox__in=mailboxes, **among), key=distance) if mailboxes else []

    def get_by_natural_key(self, username: str | None) -> User:
        for user in self.with_address(username or ""):
            return user
        raise self.model.DoesNotExist

    async def aget_by_natural_key(self, username: str | None) -> User:
        return await sync_to_async(self.get_by_natural_key)(username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, tenant_role=User.TenantRole.ADMIN, **fields
        )


class User(PushedModel, AbstractUser):
    """A person with an account. Others see `display_name`, which is never an e-mail address.

    `email` is what the user logs in with, as typed: an address, to which mail is sent, or a handle, for people without
    one (docs/accounts.md). `mailbox` is its canonical form, for comparisons.
    """

    class TenantRole(models.TextChoices):
        ADMIN = "admin", _("admin")
        MEMBER = "member", _("member")

    username = None  # type: ignore[assignment]  # Django's way to remove an inherited field; users log in by e-mail
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True, validators=[validate_address])
    mailbox = MailboxColumn()
    mailbox_copy = models.PositiveSmallIntegerField(default=0, editable=False)
    """0, except for the newer of several accounts with the same mailbox, from before mailboxes were unique. All keep
    working.
    """
    address_verified_at = models.DateTimeField(
        _("address verified at"), null=True, blank=True, editable=False
    )
    """When the user proved that mail to `email` reaches them. A new address is not verified."""
    display_name = LineColumn(_("display name"), max_length=80)
    avatar_url = models.URLField(max_length=2048, blank=True)
    # `db_default`, because servers of the version before add people during an upgrade.
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    """Of pages, mails and errors. If it is empty, what the browser asks for."""
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="", db_default="")
    """In which pages and mails show times. If it is empty, that of the list or site."""
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="", db_default="")
    """What forms offer for new wishes on the person's lists. If it is empty, that of the site."""
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="users", default=DEFAULT_TENANT_ID)
    tenant_role = models.CharField(max_length=10, choices=TenantRole, default=TenantRole.MEMBER)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("mailbox", "mailbox_copy"), name="one_account_a_mailbox")
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, still_logged_in: uuid.UUID | None = None, **kwargs: Any) -> None:
        """Save the user. A new password or a deactivation ends all sessions and API tokens, no matter which code saves it
        (G8). Only `still_logged_in` stays: the session in which the user changes the password.
        """
        # Django keeps a new password in `_password` until the save.
        new_password = getattr(self, "_password", None) is not None
        logs_out = not self._state.adding and (new_password or not self.is_active)
        named = kwargs.get("update_fields")
        if (named is None or "email" in named) and self.mailbox != own_mailbox(self.email):
            self.mailbox_copy = 0
            if not self._state.adding:
                self.address_verified_at = None
            kwargs["update_fields"] = None if named is None else {*named, *ADDRESS_COLUMNS}
        with change():
            super().save(*args, **kwargs)
            if logs_out:
                self.sessions.open().end(but=still_logged_in if self.is_active else None)
                self.account_links.live().passwords().end()

    def take_verified_address(self, email: str) -> None:
        """Set an address from which a code or link came. Save `ADDRESS_COLUMNS` afterwards."""
        self.email, self.mailbox, self.mailbox_copy = email, own_mailbox(email), 0
        self.address_verified_at = timezone.now()

    @property
    def address(self) -> str:
        """Where mail to the user is sent, or "" for people without an address."""
        return "" if is_handle(self.email) else self.email

    @property
    def handle(self) -> str:
        """What people without an address log in with, or "" for others."""
        return self.email if is_handle(self.email) else ""

    @property
    def address_counts(self) -> bool:
        """Whether what others address to the user may reach them (docs/signing-in.md).

        A handle belongs to the person who registered it: there is no mailbox of somebody else behind it.
        """
        return bool(self.handle) or self.address_verified_at is not None or not settings.VERIFY_ADDRESSES

    @property
    def address_verified(self) -> bool:
        return bool(self.address) and self.address_counts

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password if raw_password is None else one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Check the password in each Unicode form. A hash of an old form is replaced, as Django does for weak hashes."""
        if raw_password is None:
            return False
        for form in forms(raw_password):
            if super().check_password(form):
                if form != one_form(raw_password):
                    self.set_password(raw_password)
                    self._password = None  # the password is unchanged, so `save` must not end sessions
                    self.save(update_fields=["password"])
                return True
        return False

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
