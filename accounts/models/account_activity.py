"""The account log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.db.models import UUIDModel


class AccountActivity(UUIDModel):
    """An action on an account. Rows are never changed (append-only by a trigger, see the migrations)."""

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
        LOGGED_IN = "account_logged_in", _("logged in")
        ADDRESS_VERIFIED = "account_address_verified", _("address verified")
        PASSWORD_RESET = "account_password_reset", _("password set with a code")
        FACTOR_ADDED = "account_factor_added", _("second factor added")
        FACTOR_REMOVED = "account_factor_removed", _("second factor removed")
        PROVIDER_CONNECTED = "account_provider_connected", _("connected to a provider")
        PROVIDER_REMOVED = "account_provider_removed", _("disconnected from a provider")
        PASSWORD_SET = "account_password_set", _("password set with the link")
        PASSWORD_CHANGED = "account_password_changed", _("password changed")
        NEW_DEVICE = "account_new_device", _("logged in on a new device")
        SESSION_ENDED = "account_session_ended", _("session ended")
        SESSIONS_ENDED = "account_sessions_ended", _("all other sessions ended")
        REFRESH_REUSED = "account_refresh_reused", _("session ended because an old refresh token was used")
        TOKEN_MADE = "account_token_made", _("API token created")
        TOKEN_REVOKED = "account_token_revoked", _("API token revoked")
        GROUP_INVITED = "account_group_invited", _("invited somebody to a group")
        GROUP_INVITATIONS_REVOKED = "account_group_invitations_revoked", _("invitations to a group revoked")
        GROUP_JOINED = "account_group_joined", _("added to a group")
        GROUP_ROLE_CHANGED = "account_group_role_changed", _("role in a group changed")
        GROUP_LEFT = "account_group_left", _("left a group or removed from it")

    user = models.ForeignKey(User, models.PROTECT, related_name="account_activities")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind)
    detail = models.JSONField(default=dict)
    """Which columns and rights changed, on which kind of device, with which scopes.

    No address, name or secret, because rows can never be deleted.
    """
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["user", "-created_at"], name="account_activity_newest")]
        verbose_name_plural = "account activities"
