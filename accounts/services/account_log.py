"""The account log: one row for each action on an account, with who did it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import AccountActivity, User

GIVES_CONTROL = frozenset(
    {AccountActivity.Kind.CREATED, AccountActivity.Kind.ADDRESS_CHANGED, AccountActivity.Kind.RIGHTS_CHANGED}
)
"""Actions that may let their actor use the account: they created it, gave it rights, or set its address."""


def record_account(
    *, user: User, kind: AccountActivity.Kind, by: User | None, **detail: Any
) -> AccountActivity:
    """Add a row. `by` is None if the user did it with a mailed link."""
    return AccountActivity.objects.create(user=user, by=by, kind=kind, detail=detail)


def acts_giving_control(user: User) -> list[AccountActivity]:
    """Return actions that may let others use this account, and such actions on the others' accounts, recursively.

    The oldest is first.
    """
    found: dict[Any, AccountActivity] = {}
    seen, now = {user.pk}, {user.pk}
    while now:
        rows = AccountActivity.objects.filter(user__in=now, kind__in=GIVES_CONTROL).exclude(by=None)
        acts = [row for row in rows.select_related("by", "user") if _gives_control(row)]
        found |= {row.pk: row for row in acts}
        now = {row.by_id for row in acts if row.by_id} - seen
        seen |= now
    return sorted(found.values(), key=lambda row: row.created_at)


def resets_sent(users: Iterable[UUID]) -> QuerySet[AccountActivity]:
    """Return the password links that somebody else had sent to one of `users`, oldest first."""
    sent = AccountActivity.objects.filter(user__in=users, kind=AccountActivity.Kind.RESET_SENT)
    return sent.exclude(by=None).exclude(by=F("user")).select_related("by", "user").order_by("created_at")


def _gives_control(row: AccountActivity) -> bool:
    """Return whether the action gives control to another person: not if rights were only removed, or if it was the user."""
    taken_only = row.kind == AccountActivity.Kind.RIGHTS_CHANGED and not row.detail.get("granted")
    return row.by_id != row.user_id and not taken_only
