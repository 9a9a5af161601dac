"""The log of accounts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.db.models import UUIDModel


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
