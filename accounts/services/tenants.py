"""Services for tenants. For super admins; a tenant's admin may rename their own (docs/tenants.md)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import DEFAULT_TENANT_ID, Session, Tenant, User
from accounts.refusals import AdminsOnly, SlugTaken, TenantNeeded
from accounts.services.staff_accounts import create_account
from core.db.change import change, lock
from core.text.passwords import hash_password


def create_tenant(
    *, by: User, name: str, admin_email: str, admin_name: str, slug: str = "", password: str | None = None
) -> tuple[Tenant, User]:
    """Create a tenant with its first administrator, who gets a mail to set a password if none is given."""
    _require_super_admin(by)
    made = Tenant(name=name, slug=slug or None)
    password_hash = hash_password(password) if password else None  # before the change (services/people.py)
    with change():
        _save(made, None)
        admin = create_account(
            by=by,
            email=admin_email,
            display_name=admin_name,
            tenant=made,
            tenant_role=User.TenantRole.ADMIN,
            password_hash=password_hash,
        )
    return made, admin


@change()
def edit_tenant(*, tenant: Tenant, by: User, **wanted: Any) -> Tenant:
    """Change the name, the slug, or whether the tenant is active. The last two are for super admins.

    Deactivating logs out everybody in it, closes their sockets, and closes its links. API tokens and all other rows stay,
    so activating it brings everything back.
    """
    current = lock(Tenant.objects.filter(pk=tenant.pk)).get()
    changed = [name for name, value in wanted.items() if getattr(current, name) != value]
    if not by.is_superuser and ("slug" in changed or "is_active" in changed):
        raise AdminsOnly
    if "is_active" in changed and current.is_active and current.pk in (DEFAULT_TENANT_ID, by.tenant_id):
        raise TenantNeeded
    for name in changed:
        setattr(current, name, wanted[name])
    if changed:
        _save(current, changed)
    if "is_active" in changed and not current.is_active:
        Session.objects.open().log_ins().filter(user__tenant=current).end()
    return current


def _require_super_admin(by: User) -> None:
    if not by.is_superuser:
        raise AdminsOnly


def _save(tenant: Tenant, columns: list[str] | None) -> None:
    try:
        with transaction.atomic():
            tenant.save(force_insert=columns is None, update_fields=columns)
    except IntegrityError as error:
        raise SlugTaken from error
