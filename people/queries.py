"""Find the people of a user. People of others raise the same error as people who don't exist."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from people.models import Person, PersonQuerySet
from people.refusals import NoSuchPersonOfMine

SOON = timedelta(days=60)
"""How far ahead birthdays are shown as upcoming."""


class Upcoming(NamedTuple):
    """A birthday that comes soon. `age` is the age that they reach, if it is known."""

    person: Person
    day: date
    days: int
    age: int | None


def people_of(user: User) -> PersonQuerySet:
    """Return the people of `user`, by name."""
    return Person.objects.live().of(user).order_by(Lower("name"), "pk")


def person_of(user: User, person_id: UUID) -> Person:
    person = people_of(user).filter(pk=person_id).first()
    if person is None:
        raise NoSuchPersonOfMine
    return person


def upcoming_birthdays(people: Iterable[Person], *, today: date | None = None) -> list[Upcoming]:
    """Return the birthdays of the next 60 days, the next one first."""
    today = today or timezone.localdate()
    known = [(person, born, born.next_from(today)) for person in people if (born := person.born) is not None]
    found = [
        Upcoming(person, day, (day - today).days, born.age_on(day))
        for person, born, day in known
        if day <= today + SOON
    ]
    return sorted(found, key=lambda one: (one.day, one.person.name))
