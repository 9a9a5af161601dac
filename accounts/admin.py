"""Moderating people. Deactivating goes through services, so that sessions end and sockets close.

No hash is shown and no session offered: what logs somebody in is not to be looked at. Staff who are not superusers
stay inside their tenant and cannot touch other staff, nor give themselves rights.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm, URLField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.forms import display_name_field
from accounts.models import Tenant, User
from accounts.refusals import EmailTaken
from accounts.services.people import deactivate_user, reactivate_user
from wishlist_project.base.admin import WalledAdmin

RIGHTS = ("is_staff", "is_superuser", "tenant", "tenant_role", "groups", "user_permissions")


class _AddressForm(ModelForm[User]):
    """Holds a new address to what registering does. One that is not touched stays, whatever it is."""

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        is_new = "email" in self.changed_data
        if is_new and any(user.pk != self.instance.pk for user in User.objects.with_address(email)):
            raise ValidationError(str(EmailTaken.default_detail), EmailTaken.default_code)
        return email

    def _get_validation_exclusions(self) -> set[str]:
        untouched = {"email"} - set(self.changed_data)
        return super()._get_validation_exclusions() | untouched  # type: ignore[misc,no-any-return]


class UserForm(_AddressForm):
    display_name = display_name_field()
    avatar_url = URLField(max_length=2048, required=False, assume_scheme="https")


class AddUserForm(_AddressForm, BaseUserCreationForm[User]):
    display_name = display_name_field()

    class Meta:
        model = User
        fields = ("email", "display_name")


@admin.register(Tenant)
class TenantAdmin(WalledAdmin[Tenant]):
    """For superusers: one who belongs to a tenant need not know that there are others."""

    tenant_path = "pk"
    list_display = ("name", "created_at")
    search_fields = ("name",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return bool(request.user.is_superuser)

    has_change_permission = has_view_permission


@admin.register(User)
class UserAdmin(WalledAdmin[User], DjangoUserAdmin):
    form = UserForm
    add_form = AddUserForm
    add_form_template = None
    ordering = ("email",)
    list_display = ("email", "display_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "tenant", "date_joined")
    search_fields = ("email", "display_name")
    readonly_fields = ("change_password", "last_login", "date_joined", "removed_at")
    actions = ("deactivate", "reactivate")
    fieldsets = (
        (None, {"fields": ("email", "display_name", "avatar_url", "change_password")}),
        (_("Rights"), {"fields": ("is_active", *RIGHTS)}),
        (_("Dates"), {"fields": ("last_login", "date_joined", "removed_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "display_name", "password1", "password2")}),)

    @admin.display(description=_("password"))
    def change_password(self, _user: User) -> str:
        return format_html('<a href="../password/">{}</a>', _("Set a new one, which logs out everywhere"))

    @admin.action(description=_("Deactivate: log out everywhere and keep out"), permissions=["change"])
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in self._within_reach(request, people):
            deactivate_user(user=user)
            self.log_change(request, user, "Deactivated.")

    @admin.action(description=_("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in self._within_reach(request, people):
            reactivate_user(user=user)
            self.log_change(request, user, "Reactivated.")

    def _within_reach(self, request: HttpRequest, people: QuerySet[User]) -> list[User]:
        """Those whom this moderator may change, not counting themselves."""
        chosen = list(people)
        reached = [u for u in chosen if u.pk != request.user.pk and self.has_change_permission(request, u)]
        if left := len(chosen) - len(reached):
            messages.warning(request, _("%(left)d left as they are: not yours to change.") % {"left": left})
        return reached

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        rights = () if request.user.is_superuser else RIGHTS
        return (*super().get_readonly_fields(request, obj), *rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return obj is None or obj.removed_at is None
        return obj.removed_at is None and (not obj.is_staff or obj.pk == request.user.pk)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change and isinstance(request.user, User):
            obj.tenant_id = request.user.tenant_id
        super().save_model(request, obj, form, change)
