"""Projections of users and notifications, the same for REST, pages and sockets."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from accounts.models import Notification, User
from core.projections.fields import READER, Field, Projection, Reader

Row = dict[str, Any]

PERSON = Projection(
    "person",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("display_name", sights=READER),
    Field("avatar_url", sights=READER, empty_is_null=True),
    read=attrgetter,
)
"""What other users may see of a user."""

USER_SELF = PERSON.also(
    "oneself",
    Field("email", sights=READER, column="address", empty_is_null=True),
    Field("email_verified", sights=READER, column="address_verified"),
    Field("handle", sights=READER, empty_is_null=True),
    Field("language", sights=READER, empty_is_null=True),
    Field("time_zone", sights=READER, empty_is_null=True),
    Field("currency", sights=READER, empty_is_null=True),
    Field("created_at", sights=READER, column="date_joined"),
)
"""What users may see of themselves."""

NOTIFICATION = Projection(
    "notification",
    Reader,
    Field("id", sights=READER),
    Field("user_id", sights=READER),
    Field("kind", sights=READER),
    Field("title", sights=READER),
    Field("body", sights=READER),
    Field("payload", sights=READER),
    Field("read_at", sights=READER),
    Field("created_at", sights=READER),
)
"""A notification in its reader's inbox."""


def person(user: User) -> Row:
    return PERSON.project(user, Reader.READER)


def user_self(user: User) -> Row:
    return USER_SELF.project(user, Reader.READER)


def notification(row: Notification) -> Row:
    return NOTIFICATION.project(vars(row), Reader.READER)


def notifications(rows: QuerySet[Notification]) -> list[Row]:
    return [NOTIFICATION.project(row, Reader.READER) for row in rows.values(*NOTIFICATION.columns(*Reader))]
