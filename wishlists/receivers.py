"""Signal receivers: remove a person's data from lists, follow changes of groups, and log refused requests."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from accounts.models import Group, User
from core.errors.refusals import Refusal
from people.models import Person
from wishlists.services.denials import record_denial
from wishlists.services.leaving import withdraw_person
from wishlists.services.lists.group_sharing import follow_groups
from wishlists.services.lists.recipient_people import link_recipient, rename_recipient


def on_person_removed(sender: Any, user: User, **_: Any) -> None:
    """Withdraw the person's lists, memberships and reservations, in the transaction that removes the account."""
    withdraw_person(user=user)


def on_group_changed(
    sender: Any, groups: Collection[Group], user_ids: Collection[UUID], by: User, **_: Any
) -> None:
    """Give people who joined or left groups the places that are theirs now, in the same transaction."""
    follow_groups(groups=groups, user_ids=user_ids, by=by)


def on_person_linked(sender: Any, person: Person, by: User, **_: Any) -> None:
    """Make the account of a person a recipient of the lists for them."""
    link_recipient(person=person, by=by)


def on_person_renamed(sender: Any, person: Person, old: str, by: User, **_: Any) -> None:
    rename_recipient(person=person, old=old, by=by)


def on_change_refused(sender: Any, error: Refusal, **_: Any) -> None:
    """Log a refused request. Runs after its transaction was rolled back."""
    record_denial(code=error.default_code, asked=error.asked or {})
