"""Which lists are for a person, as far as the asker may see them. Lists belong to an app above, which registers how to
find them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from accounts.models import User
from people.models import Person


class KnownList(NamedTuple):
    pk: UUID
    title: str


ListsOfPeople = Callable[[User, Collection[Person]], Mapping[UUID, list[KnownList]]]
"""Returns the lists that the user may open, by the id of the person for whom they are."""

_finders: list[ListsOfPeople] = []


def register_lists_of_people(find: ListsOfPeople) -> ListsOfPeople:
    """Register a function that finds lists. Apps that build on this one call it at start-up."""
    _finders.append(find)
    return find


def lists_of_people(user: User, people: Collection[Person]) -> dict[UUID, list[KnownList]]:
    """Return the lists for each of `people` that `user` may open."""
    found: dict[UUID, list[KnownList]] = {person.pk: [] for person in people}
    for find in _finders if people else ():
        for pk, lists in find(user, people).items():
            found[pk] += lists
    return found
