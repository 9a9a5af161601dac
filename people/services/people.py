"""Add, edit and remove people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from people.models import Person
from people.refusals import NoSuchAccount, NoSuchPersonOfMine, PeopleFull
from people.services.reminders import plan_reminder
from people.signals import person_linked, person_renamed

MAX_PEOPLE = 2_000
"""How many people one user may keep."""


@change()
def add_person(*, by: User, **fields: Any) -> Person:
    return add_people(by=by, people=[fields])[0]


@change()
def add_people(*, by: User, people: Sequence[dict[str, Any]]) -> list[Person]:
    """Add all of them, or none."""
    lock(User.objects.filter(pk=by.pk)).get()  # so that the number of people is exact
    if Person.objects.live().filter(owner=by).count() + len(people) > MAX_PEOPLE:
        raise PeopleFull
    made = [Person(owner=by, user=_account(by, fields), **_written(fields)) for fields in people]
    for person in made:
        plan_reminder(person)
    return Person.objects.bulk_create(made)


@change()
def edit_person(*, person_id: UUID, by: User, **fields: Any) -> Person:
    """Change the fields that differ."""
    person = _locked(by, [person_id])[0]
    changed = {name: new for name, new in _written(fields).items() if getattr(person, name) != new}
    old_name = person.name
    for name, new in changed.items():
        setattr(person, name, new)
    if changed.keys() & {"birthday", "remind_days"}:
        plan_reminder(person)
    if changed:
        person.save(update_fields=[*changed, "remind_on", "updated_at"])
    if "name" in changed:
        person_renamed.send(sender=Person, person=person, old=old_name, by=by)
    if "user_id" in fields and fields["user_id"] != person.user_id:
        link_account(person=person, user=_account(by, fields), by=by)
    return person


@change()
def link_account(*, person: Person, user: User | None, by: User) -> None:
    """Note whose account it is. Lists for this person become lists for that account, which then sees no giving there."""
    current = lock(Person.objects.live().filter(pk=person.pk)).get()
    current.user = person.user = user
    current.save(update_fields=["user", "updated_at"])
    if user is not None:
        person_linked.send(sender=Person, person=current, by=by)


@change()
def remove_people(*, by: User, ids: Collection[UUID]) -> int:
    """Remove all of them, or none if one of them is not among the people of `by`. They can be restored for 30 days."""
    now = timezone.now()
    people = _locked(by, ids)
    for person in people:
        person.removed_at = now
        person.save(update_fields=["removed_at"])
    return len(people)


@change()
def restore_person(*, by: User, person_id: UUID) -> Person:
    """Bring a removed person back. Does nothing if they are there."""
    person = lock(Person.objects.of(by).filter(pk=person_id)).first()
    if person is None:
        raise NoSuchPersonOfMine
    if person.removed_at is not None:
        person.removed_at = None
        plan_reminder(person)
        person.save(update_fields=["removed_at", "remind_on"])
    return person


def lock_people(by: User, ids: Collection[UUID]) -> list[Person]:
    """Return these people of `by` in this order, locked.

    Lock them before any list: an account may be linked to one of them meanwhile.
    """
    found = {person.pk: person for person in _locked(by, ids)} if ids else {}
    return [found[pk] for pk in dict.fromkeys(ids)]


def lock_all_people(by: User) -> None:
    """Lock all people of `by`, for a form that shows all of them before it is known which ones are meant."""
    list(lock(Person.objects.of(by).order_by("pk")).values_list("pk", flat=True))


def _locked(by: User, ids: Collection[UUID]) -> list[Person]:
    wanted = set(ids)
    found = list(lock(Person.objects.live().of(by).filter(pk__in=wanted).order_by("pk")))
    if len(found) != len(wanted):
        raise NoSuchPersonOfMine
    return found


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "user_id"}


def _account(by: User, fields: dict[str, Any]) -> User | None:
    """Return the account with this id. Ids cannot be guessed: people who are on a list together know them."""
    if fields.get("user_id") is None:
        return None
    known = User.objects.filter(tenant=by.tenant_id, is_active=True, removed_at=None)
    user = known.filter(pk=fields["user_id"]).first()
    if user is None:
        raise NoSuchAccount
    return user
