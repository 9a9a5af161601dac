"""People: tenants, users, their sessions and their inbox."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.passwords import forms, one_form
from wishlist_project.base.address_checks import validate_address
from wishlist_project.base.change import change, lock
from wishlist_project.base.mailbox_columns import MailboxColumn
from wishlist_project.base.mailboxes import MAX_MAILBOX, account_mailbox, canonical_address, own_mailbox
from wishlist_project.base.models import PushedModel, UUIDModel
from wishlist_project.base.text_columns import LineColumn, LinesColumn

DEFAULT_TENANT_ID = uuid.UUID("00000000-0000-4000-8000-000000000001")
"""The tenant that exists from the first migration. While it is the only one, nobody sees that there are any."""


class Tenant(UUIDModel):
    """A hard partition of one installation: nothing inside is reachable from another."""

    name = LineColumn(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users, and finds them by their address: the one look-up that everybody uses."""

    def with_address(self, email: str, **among: Any) -> list[User]:
        """The people whose mailbox this is, however it is spelled; `among` are further conditions on them.

        There is one at most, but for accounts from before addresses were compared by mailbox. Of several the one whose
        name is in plain letters comes first, then the one who spells it so, or the same address, then the oldest.
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
    """A person with an account. `display_name` is shown to others and is never the e-mail address.

    `email` is the address as it was typed, to which mail goes; `mailbox` is the form in which addresses are compared.
    """

    class TenantRole(models.TextChoices):
        ADMIN = "admin", _("admin")
        MEMBER = "member", _("member")

    username = None  # type: ignore[assignment]  # Django's way to drop an inherited column; the e-mail is the log-in
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True, validators=[validate_address])
    mailbox = MailboxColumn()
    mailbox_copy = models.PositiveSmallIntegerField(default=0, editable=False)
    """0, but for the younger of several accounts of one mailbox from before it was compared. Each keeps working."""
    display_name = LineColumn(_("display name"), max_length=80)
    avatar_url = models.URLField(max_length=2048, blank=True)
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password and a deactivation log out everywhere, through whatever door they come (G8)."""
        new_password = getattr(self, "_password", None) is not None  # Django keeps it there until it is saved
        logs_out = not self._state.adding and (new_password or not self.is_active)
        named = kwargs.get("update_fields")
        if (named is None or "email" in named) and self.mailbox != own_mailbox(self.email):
            self.mailbox_copy = 0
            kwargs["update_fields"] = None if named is None else {*named, "mailbox", "mailbox_copy"}
        with change():
            super().save(*args, **kwargs)
            if logs_out:
                self.sessions.open().end()
                self.account_links.live().passwords().end()

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password if raw_password is None else one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """In whatever form it is typed. A hash of another form than today's is renewed, as one of older strength is."""
        if raw_password is None:
            return False
        for form in forms(raw_password):
            if super().check_password(form):
                if form != one_form(raw_password):
                    self.set_password(raw_password)
                    self._password = None  # Django's sign that it is the same password: nobody is logged out
                    self.save(update_fields=["password"])
                return True
        return False

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Sessions that still open doors: neither ended nor of somebody who was deactivated."""
        return self.open().filter(user__is_active=True)

    def open(self) -> SessionQuerySet:
        return self.filter(ended_at=None)

    def end(self) -> list[Session]:
        """End each through its own `save`, so that its sockets hear of it."""
        sessions = list(lock(self.order_by("pk")))
        for session in sessions:
            session.ended_at = timezone.now()
            session.save(update_fields=["ended_at"])
        return sessions


class Session(PushedModel):
    """One log-in of one person, and the family of refresh tokens that descends from it.

    `refresh_id` is the only refresh token that will be honoured next; `previous_id` is its predecessor, whose
    use within the leeway is taken for a client's retry, and after it for theft (G9).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    refresh_id = models.UUIDField(default=uuid.uuid4)
    previous_id = models.UUIDField(null=True)
    rotated_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()


class Notification(PushedModel):
    """One line of a person's inbox. Clients translate by `kind` and `payload`; `title` and `body` are for the rest."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=100, blank=True, default="")
    """The thing that it is about. Of a kind and a thing one at most is unread (services/inbox.py)."""
    title = LineColumn(max_length=200)
    body = LinesColumn(blank=True)
    payload = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_newest"),
            models.Index(
                "user", "kind", "about", condition=models.Q(read_at=None), name="notification_unread_about"
            ),
        ]


class StoredAnswer(UUIDModel):
    """What a request that named an `Idempotency-Key` was answered (accounts/retrying.py). It commits with its effect.

    Nothing here opens or names anything: `slot` and `asked` are digests, and tokens are derived again when told again.
    """

    slot = models.CharField(max_length=64, unique=True)
    """Digest of who asked, by which method and path, under which key."""
    asked = models.CharField(max_length=64)
    """Keyed digest of what was asked."""
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    """JSON, spelled as it was answered."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)


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


class PeriodicRun(models.Model):
    """When a row of the periodic table is due next, by the database's clock (accounts/services/claiming.py)."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AccountActivity(UUIDModel):
    """One thing that was done to an account. Rows are added and never changed (migration `append_only_account_log`)."""

    class Kind(models.TextChoices):
        CREATED = "account_created", _("account created")
        ADDRESS_CHANGED = "account_address_changed", _("address changed")
        ADDRESS_KEPT = "account_address_kept", _("old address restored by the person")
        PROFILE_CHANGED = "account_profile_changed", _("name or picture changed")
        RIGHTS_CHANGED = "account_rights_changed", _("permissions changed")
        TENANT_CHANGED = "account_tenant_changed", _("tenant changed")
        DEACTIVATED = "account_deactivated", _("deactivated")
        REACTIVATED = "account_reactivated", _("reactivated")
        RESET_SENT = "account_reset_sent", _("password link sent")
        PASSWORD_SET = "account_password_set", _("password set with the link")

    user = models.ForeignKey(User, models.PROTECT, related_name="account_activities")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind)
    detail = models.JSONField(default=dict)
    """Which columns and rights. No address, name or secret: what is here can never be taken away."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["user", "-created_at"], name="account_activity_newest")]
        verbose_name_plural = "account activities"
