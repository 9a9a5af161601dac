"""Delete what is noted of people: of removed ones after 30 days, and all of a user who deletes their account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from accounts.names import FORMER_MEMBER
from core.db.change import change
from core.jobs.sweeping import sweep
from people.models import Person

KEPT_FOR = timedelta(days=30)
_NOTHING: dict[str, Any] = {
    "birthday": "",
    "sizes": {},
    "likes": "",
    "dislikes": "",
    "notes": "",
    "remind_on": None,
}


def forget_removed_people() -> int:
    """Delete people who were removed 30 days ago."""
    old = Person.objects.filter(removed_at__lt=timezone.now() - KEPT_FOR)
    return sweep(_forget, old.values_list("pk", flat=True), what="Removed person")


@change()
def forget_people_of(*, user: User) -> None:
    """Delete all that `user` noted of people, and that their own account was noted by others."""
    Person.objects.filter(user=user).update(user=None)
    theirs = Person.objects.filter(owner=user)
    theirs.update(name=str(FORMER_MEMBER), user=None, removed_at=timezone.now(), **_NOTHING)


@change()
def _forget(pk: UUID) -> bool:
    """Delete the row. If a list is for this person, only their name stays, which the list shows."""
    row = Person.objects.filter(pk=pk, removed_at__lt=timezone.now() - KEPT_FOR)
    try:
        with transaction.atomic():
            return bool(row.delete()[0])
    except ProtectedError:
        return bool(row.update(**_NOTHING))
