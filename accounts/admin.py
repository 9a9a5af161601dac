"""Admin pages for users. All changes go through services, so that they are logged and the user is notified.

Staff do not set passwords: they send the user a link to set one. Password hashes and sessions are not shown, because they
are credentials. Staff who are not superusers see only their tenant, and cannot change other staff or give themselves rights.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Field, ModelForm, TextInput, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountActivity, AccountLink, Tenant, User
from accounts.refusals import EmailTaken
from accounts.services.account_links import send_password_link
from accounts.services.staff_accounts import (
    EDITABLE,
    create_account,
    deactivate_account,
    edit_account,
    reactivate_account,
)
from accounts.web.forms import display_name_field
from core.admin.admin_forms import EditModelForm
from core.admin.walled_admin import ReadOnlyAdmin, WalledAdmin
from core.errors.refusals import Refusal
from core.mailboxes.address_fields import KnownLoginNameFormField

RIGHTS = ("is_staff", "is_superuser", "tenant", "tenant_role", "groups", "user_permissions")


class AddUserForm(ModelForm[User]):
    """Checks a new address as registration does. An address that is not edited is not checked."""

    display_name = display_name_field()

    class Meta:
        model = User
        fields = ("email", "display_name")
        field_classes: ClassVar[dict[str, type[Field]]] = {"email": KnownLoginNameFormField}
        widgets: ClassVar[dict[str, type[TextInput]]] = {"email": TextInput}

    def clean_email(self) -> str:
        """Refuse the address of another user, and one that its former owner can still take back."""
        email = str(self.cleaned_data["email"])
        others = [user for user in User.objects.with_address(email) if user.pk != self.instance.pk]
        kept = AccountLink.objects.keeping(email).exclude(user=self.instance.pk)
        if "email" in self.changed_data and (others or kept.exists()):
            raise ValidationError(str(EmailTaken.default_detail), EmailTaken.default_code)
        return email

    def _get_validation_exclusions(self) -> set[str]:
        untouched = {"email"} - set(self.changed_data)
        return super()._get_validation_exclusions() | untouched  # type: ignore[misc,no-any-return]


class UserForm(EditModelForm[User], AddUserForm):
    avatar_url = URLField(max_length=2048, required=False, assume_scheme="https")


@admin.register(Tenant)
class TenantAdmin(WalledAdmin[Tenant]):
    """Pages for superusers only, because members of a tenant need not know that there are others."""

    tenant_path = "pk"
    list_display = ("name", "created_at")
    search_fields = ("name",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return bool(request.user.is_superuser)

    has_change_permission = has_view_permission


@admin.register(User)
class UserAdmin(WalledAdmin[User]):
    form = UserForm
    ordering = ("email",)
    list_display = ("email", "display_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "tenant", "date_joined")
    search_fields = ("email", "display_name")
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("password_is_theirs", "last_login", "date_joined", "removed_at")
    actions = ("send_password_link", "deactivate", "reactivate")
    fieldsets = (
        (None, {"fields": ("email", "display_name", "avatar_url", "password_is_theirs")}),
        (_("Permissions"), {"fields": ("is_active", *RIGHTS)}),
        (_("Dates"), {"fields": ("last_login", "date_joined", "removed_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": ("email", "display_name"),
                "description": _("They get an e-mail with a link to set their password."),
            },
        ),
    )

    @admin.display(description=_("password"))
    def password_is_theirs(self, _user: User) -> str:
        return str(_SET_BY_THEM)

    @admin.action(description=_("E-mail a link to set a new password"), permissions=["change"])
    def send_password_link(self, request: HttpRequest, people: QuerySet[User]) -> None:
        sent = 0
        for user in self._within_reach(request, people, themselves=True):
            try:
                send_password_link(user=user, by=request.user)  # type: ignore[arg-type]
            except Refusal as refusal:
                messages.error(request, f"{user.display_name}: {refusal.detail}")
            else:
                sent += 1
        self.message_user(request, _("Links sent: %(count)d.") % {"count": sent})

    @admin.action(
        description=_("Deactivate: log out everywhere and block logging in"), permissions=["change"]
    )
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in self._within_reach(request, people):
            deactivate_account(user=user, by=request.user)  # type: ignore[arg-type]
            self.log_change(request, user, "Deactivated.")

    @admin.action(description=_("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in self._within_reach(request, people):
            reactivate_account(user=user, by=request.user)  # type: ignore[arg-type]
            self.log_change(request, user, "Reactivated.")

    def _within_reach(
        self, request: HttpRequest, people: QuerySet[User], *, themselves: bool = False
    ) -> list[User]:
        """Return those of `people` whom this moderator may change; themselves only with `themselves`."""
        chosen = list(people)
        reached = [u for u in chosen if themselves or u.pk != request.user.pk]
        reached = [u for u in reached if self.has_change_permission(request, u)]
        if left := len(chosen) - len(reached):
            messages.warning(
                request, _("%(left)d not changed, because you may not change them.") % {"left": left}
            )
        return reached

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any
    ) -> Any:
        return super().get_form(request, obj, change, **options if obj else options | {"form": AddUserForm})

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
        """Save only edited fields: a full save would undo what the user changed in the meantime."""
        by, typed = (
            request.user,
            {name: form.cleaned_data[name] for name in form.changed_data if name in EDITABLE},
        )
        assert isinstance(by, User)
        if change:
            edit_account(user=obj, by=by, wanted=typed)
        else:
            obj.pk = create_account(by=by, **typed).pk
            obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Do nothing: `save_model` has saved groups and permissions too."""


_SET_BY_THEM = _(
    "Only the person can set it. To send them a link, use “E-mail a link to set a new password” in the "
    "list of people."
)


@admin.register(AccountActivity)
class AccountActivityAdmin(ReadOnlyAdmin[AccountActivity]):
    """The account log: what staff did to accounts, and when."""

    tenant_path = "user__tenant"
    list_display = ("created_at", "kind", "user", "by")
    list_filter = ("kind",)
    list_select_related = ("user", "by")
    search_fields = ("user__email", "user__display_name", "by__email", "by__display_name")
    fields = (*list_display, "detail")
