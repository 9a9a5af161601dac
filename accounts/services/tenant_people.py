"""What the administrators of a tenant do with its people (docs/tenants.md)."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.refusals import AdminsOnly
from accounts.services.staff_accounts import create_account, edit_account
from core.db.change import change


def add_person(*, by: User, email: str, display_name: str, tenant_role: str = User.TenantRole.MEMBER) -> User:
    """Create an account in the tenant of `by`. The person gets a mail to set a password."""
    _require_admin(by)
    return create_account(by=by, email=email, display_name=display_name, tenant_role=tenant_role)


@change()
def edit_person(*, user: User, by: User, **wanted: Any) -> User:
    """Change the name, the role, or whether the person may log in. Raises LastAdmin."""
    _require_admin(by)
    if user.tenant_id != by.tenant_id or ((user.is_superuser or user.is_staff) and not by.is_superuser):
        raise AdminsOnly
    return edit_account(user=user, by=by, wanted=wanted)


def _require_admin(by: User) -> None:
    if not by.is_tenant_admin:
        raise AdminsOnly
