"""How people look to the users who keep them. Nobody else gets such a row."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import Any

from accounts.models import User
from core.projections.fields import READER, Field, Projection, Reader
from people.access.known_lists import lists_of_people
from people.models import Person

Row = dict[str, Any]

KNOWN_PERSON = Projection(
    "known person",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("name", sights=READER),
    Field("birthday", sights=READER, empty_is_null=True),
    Field("sizes", sights=READER),
    Field("likes", sights=READER, empty_is_null=True),
    Field("dislikes", sights=READER, empty_is_null=True),
    Field("notes", sights=READER, empty_is_null=True),
    Field("remind_days", sights=READER),
    Field("user_id", sights=READER),
    Field("created_at", sights=READER),
    Field("updated_at", sights=READER),
    Field("wishlists", sights=READER, given=True),
    read=attrgetter,
)
"""A person, with the ids of the lists for them that the asker may open."""


def project_people(user: User, people: Collection[Person]) -> list[Row]:
    lists = lists_of_people(user, people)
    return [
        KNOWN_PERSON.project(person, Reader.READER, wishlists=[known.pk for known in lists[person.pk]])
        for person in people
    ]


def project_person(user: User, person: Person) -> Row:
    return project_people(user, [person])[0]
