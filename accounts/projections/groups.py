"""Groups, as their members see them: names and roles, never an address."""

from __future__ import annotations

from operator import attrgetter

from accounts.models import Group, GroupMember
from accounts.projections.people import Row, person
from core.projections.fields import READER, Field, Projection, Reader

GROUP_MEMBER = Projection(
    "group member",
    Reader,
    Field("user", sights=READER, get=lambda place, _: person(place.user)),
    Field("role", sights=READER),
    Field("created_at", sights=READER),
    read=attrgetter,
)

GROUP = Projection(
    "group",
    Reader,
    Field("id", sights=READER),
    Field("name", sights=READER),
    Field("created_at", sights=READER),
    Field("members", sights=READER, get=lambda group, _: [group_member(one) for one in group.members.all()]),
    read=attrgetter,
)


def group_member(place: GroupMember) -> Row:
    return GROUP_MEMBER.project(place, Reader.READER)


def group_row(group: Group) -> Row:
    """Return a group that was read with its people (accounts/queries/groups.py)."""
    return GROUP.project(group, Reader.READER)
