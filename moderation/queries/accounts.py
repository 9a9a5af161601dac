"""The accounts that staff find: those of their tenant, and superusers all of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from core.errors.refusals import NotFound
from core.mailboxes.mailbox_forms import account_mailbox
from core.text.typed_text import one_line

ORDERS = {
    f"{sign}{name}": (f"{sign}{column}", "pk")
    for name, column in (
        ("email", "mailbox"),
        ("display_name", "display_name"),
        ("created_at", "date_joined"),
    )
    for sign in ("", "-")
}
"""The orders that `ordering` may ask for."""


def accounts_for(moderator: User) -> QuerySet[User]:
    everybody = User.objects.all()
    return everybody if moderator.is_superuser else everybody.filter(tenant=moderator.tenant_id)


def find_accounts(
    moderator: User,
    *,
    search: str = "",
    is_active: bool | None = None,
    is_staff: bool | None = None,
    tenant: UUID | None = None,
    ordering: str = "email",
) -> QuerySet[User]:
    """Filter by part of a name or address; a whole address is found in any spelling."""
    found = accounts_for(moderator)
    if words := one_line(search):
        named = Q(display_name__icontains=words) | Q(mailbox__icontains=words)
        found = found.filter(named | Q(mailbox=account_mailbox(words)) if "@" in words else named)
    for column, wanted in (("is_active", is_active), ("is_staff", is_staff), ("tenant", tenant)):
        if wanted is not None:
            found = found.filter(**{column: wanted})
    return found.order_by(*ORDERS[ordering])


def account_for(moderator: User, user_id: UUID) -> User:
    found = accounts_for(moderator).filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found
