"""Find tenants and their people, for administrators."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Tenant, User
from accounts.refusals import AdminsOnly, NoSuchTenant, NoSuchUser


def tenants_for(user: User) -> QuerySet[Tenant]:
    """Return the tenants, with their counts, for a super admin."""
    if not user.is_superuser:
        raise AdminsOnly
    return _counted(Tenant.objects.all())


def tenant_for(user: User, tenant_id: UUID) -> Tenant:
    """Return a tenant, for super admins and for its own administrators."""
    if not user.is_tenant_admin:
        raise AdminsOnly
    found = _counted(Tenant.objects.filter(pk=tenant_id)).first()
    if found is None or not (user.is_superuser or found.pk == user.tenant_id):
        raise NoSuchTenant
    return found


def people_for(
    user: User, *, search: str = "", tenant_role: str | None = None, is_active: bool | None = None
) -> QuerySet[User]:
    """Return the people of the tenant of `user`, who is one of its administrators."""
    if not user.is_tenant_admin:
        raise AdminsOnly
    found = User.objects.filter(Q(tenant=user.tenant_id), removed_at=None)
    if search:
        found = found.filter(Q(display_name__icontains=search) | Q(mailbox__contains=search.lower()))
    if tenant_role is not None:
        found = found.filter(tenant_role=tenant_role)
    if is_active is not None:
        found = found.filter(is_active=is_active)
    return found.order_by("display_name", "pk")


def person_for(user: User, user_id: UUID) -> User:
    """Return one of these people. Everybody else is not there."""
    found = people_for(user).filter(pk=user_id).first()
    if found is None:
        raise NoSuchUser
    return found


def _counted(tenants: QuerySet[Tenant]) -> QuerySet[Tenant]:
    """Add the numbers of people and lists. Each is counted alone, because a join would multiply them."""
    there = Tenant.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    people = there.annotate(n=Count("users", filter=Q(users__removed_at=None))).values("n")
    lists = there.annotate(n=Count("wishlists", filter=Q(wishlists__removed_at=None))).values("n")
    return tenants.annotate(users_count=Subquery(people), lists_count=Subquery(lists)).order_by("name", "pk")
