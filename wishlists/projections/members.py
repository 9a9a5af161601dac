"""The members of a list, as every member sees them: names and roles, never an address, and nothing about giving."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from accounts.models import User
from accounts.projections.people import person
from core.projections.fields import Field, Projection
from people.models import Person
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import GroupShare, Member, Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.rows import Row
from wishlists.projections.sights import LET_IN

MEMBER = Projection(
    "member",
    Sight,
    Field("wishlist_id", sights=LET_IN),
    Field("user_id", sights=LET_IN),
    Field("display_name", sights=LET_IN, column="user.display_name"),
    Field("avatar_url", sights=LET_IN, column="user.avatar_url", empty_is_null=True),
    Field("role", sights=LET_IN),
    Field("is_recipient", sights=LET_IN),
    Field("only_by_group", sights=LET_IN, get=lambda member, _: member.own_role is None),
    Field("created_at", sights=LET_IN),
    read=attrgetter,
)


SHARE = Projection("share", Sight, Field("id", sights=LET_IN), *MEMBER.fields, read=attrgetter)
"""A member, as the owner sees them."""

GROUP_SHARE = Projection(
    "group share",
    Sight,
    Field("wishlist_id", sights=LET_IN),
    Field("group_id", sights=LET_IN),
    Field("name", sights=LET_IN, column="group.name"),
    Field("role", sights=LET_IN),
    Field("people_count", sights=LET_IN),
    Field("created_at", sights=LET_IN),
    read=attrgetter,
)
"""A group that a list is shared with, as every member sees it."""

RECIPIENTS = Projection(
    "recipients",
    Sight,
    Field("recipients", sights=LET_IN, given=True),
    Field("recipient_name", sights=LET_IN, empty_is_null=True),
    Field("person_ids", sights=LET_IN, given=True),
    read=attrgetter,
)


def members_for(viewpoint: Viewpoint) -> QuerySet[Member]:
    """Return the members, the owner first, for one of them."""
    wishlist = viewpoint.require_member().wishlist
    owner_first = Case(
        When(role=Member.Role.OWNER, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    people = wishlist.members.live().filter(user__is_active=True).select_related("user")
    return people.order_by(owner_first, "created_at", "pk")


def project_members(members: Iterable[Member]) -> list[Row]:
    """Return the members as all of them may see it: what the member with the least sight gets."""
    return [MEMBER.project(member, Sight.BLIND) for member in members]


def project_share(member: Member) -> Row:
    return SHARE.project(member, Sight.BLIND)


def project_recipients(wishlist: Wishlist, viewer: User) -> Row:
    """Return the recipients, in the order in which they were added. `person_ids` are those of the viewer's own people."""
    rows = wishlist.members.recipients().select_related("user").order_by("created_at", "pk")
    people = wishlist.person_recipients.filter(person__in=Person.objects.of(viewer))
    return RECIPIENTS.project(
        wishlist,
        Sight.BLIND,
        recipients=[person(row.user) for row in rows],
        person_ids=list(people.order_by("created_at", "pk").values_list("person_id", flat=True)),
    )


def groups_for(viewpoint: Viewpoint) -> QuerySet[GroupShare]:
    """Return the groups that the list is shared with, by name and with the number of their people, for a member."""
    shares = viewpoint.require_member().wishlist.group_shares.live().select_related("group")
    counted = shares.annotate(people_count=Count("group__members"))
    return counted.order_by("group__name", "pk")


def project_group_shares(shares: Iterable[GroupShare]) -> list[Row]:
    return [GROUP_SHARE.project(share, Sight.BLIND) for share in shares]
