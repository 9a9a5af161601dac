"""Projections of tenants and their people, for administrators."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from accounts.models import Tenant, User
from accounts.projections.people import PERSON
from core.projections.fields import READER, Field, Projection, Reader

Row = dict[str, Any]

SUPER_ADMIN, TENANT_ADMIN, ORDINARY = "super_admin", "tenant_admin", "user"

ROLES = {TENANT_ADMIN: User.TenantRole.ADMIN, ORDINARY: User.TenantRole.MEMBER}
"""Roles that administrators can give, and how they are stored."""


def role_of(user: User) -> str:
    if user.is_superuser:
        return SUPER_ADMIN
    return TENANT_ADMIN if user.tenant_role == User.TenantRole.ADMIN else ORDINARY


MANAGED_USER = PERSON.also(
    "managed user",
    Field("email", sights=READER),
    Field("role", sights=READER, get=lambda user, _: role_of(user)),
    Field("is_active", sights=READER),
    Field("created_at", sights=READER, column="date_joined"),
)
"""A person, for an administrator of their tenant."""

TENANT = Projection(
    "tenant",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("name", sights=READER),
    Field("slug", sights=READER),
    Field("is_active", sights=READER),
    Field("users_count", sights=READER),
    Field("lists_count", sights=READER),
    Field("created_at", sights=READER),
    read=attrgetter,
)

NEW_TENANT = TENANT.of_shown("new tenant", Field("admin", sights=READER, given=True))
"""A new tenant with its first administrator."""


def managed_user(user: User) -> Row:
    return MANAGED_USER.project(user, Reader.READER)


def tenant_row(tenant: Tenant) -> Row:
    return TENANT.project(tenant, Reader.READER)


def new_tenant_row(tenant: Tenant, admin: User) -> Row:
    return NEW_TENANT.project(tenant_row(tenant), Reader.READER, admin=managed_user(admin))
