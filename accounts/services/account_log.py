"""The log of accounts: one row for each thing that is done to one, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import AccountActivity, User

GIVES_CONTROL = frozenset(
    {AccountActivity.Kind.CREATED, AccountActivity.Kind.ADDRESS_CHANGED, AccountActivity.Kind.RIGHTS_CHANGED}
)
"""Who did this to an account may be the one who uses it: they made it, gave it its rights, or said where its mail goes."""


def record_account(
    *, user: User, kind: AccountActivity.Kind, by: User | None, **detail: Any
) -> AccountActivity:
    """Add a row. `by` is None where the person did it with a link that they were mailed."""
    return AccountActivity.objects.create(user=user, by=by, kind=kind, detail=detail)


def acts_giving_control(user: User) -> list[AccountActivity]:
    """What others did that may let them use this account, and what was done to theirs, and so on; oldest first."""
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
    """Links for a new password that somebody else had mailed to one of `users`, oldest first."""
    sent = AccountActivity.objects.filter(user__in=users, kind=AccountActivity.Kind.RESET_SENT)
    return sent.exclude(by=None).exclude(by=F("user")).select_related("by", "user").order_by("created_at")


def _gives_control(row: AccountActivity) -> bool:
    """Rights that were taken away give none, and what somebody does to their own account is no news."""
    taken_only = row.kind == AccountActivity.Kind.RIGHTS_CHANGED and not row.detail.get("granted")
    return row.by_id != row.user_id and not taken_only
