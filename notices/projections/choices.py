"""Projections of how a user is told about each kind of news, for that user alone."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple

from accounts.models import User
from accounts.projections.notice_kinds import NoticeKind
from accounts.queries.notification_choices import Channels, all_channels_of
from core.projections.fields import READER, Field, Projection, Reader

Row = dict[str, Any]


class Choice(NamedTuple):
    """The channels of one kind for one user."""

    kind: NoticeKind
    channels: Channels


CHOICE = Projection(
    "notification choice",
    Reader,
    Field("kind", sights=READER, column="kind.name"),
    Field("label", sights=READER, get=lambda choice, _about: str(choice.kind.label)),
    Field("group", sights=READER, get=lambda choice, _about: choice.kind.group.value),
    Field("in_app", sights=READER, column="channels.in_app"),
    Field("email", sights=READER, column="channels.email"),
    Field("push", sights=READER, column="channels.push"),
    Field("is_required", sights=READER, column="kind.is_required"),
    Field("is_receipt", sights=READER, column="kind.is_receipt"),
    read=attrgetter,
)


def choices_of(user: User) -> list[Row]:
    return [CHOICE.project(Choice(*one), Reader.READER) for one in all_channels_of(user).items()]
