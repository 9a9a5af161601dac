"""Who is on a list, as everybody on it may know: names and roles, never an address, and nothing of giving."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from django.db.models import Case, IntegerField, QuerySet, Value, When

from accounts.projections.people import person
from core.projections.fields import Field, Projection
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Member, Wishlist
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
    Field("created_at", sights=LET_IN),
    read=attrgetter,
)


SHARE = Projection("share", Sight, Field("id", sights=LET_IN), *MEMBER.fields, read=attrgetter)
"""One of them, as the owner let them in; for the owner."""

RECIPIENTS = Projection(
    "recipients",
    Sight,
    Field("recipients", sights=LET_IN, given=True),
    Field("recipient_name", sights=LET_IN, empty_is_null=True),
    read=attrgetter,
)


def members_for(viewpoint: Viewpoint) -> QuerySet[Member]:
    """The people on it, the owner first; for one of them."""
    wishlist = viewpoint.require_member().wishlist
    owner_first = Case(
        When(role=Member.Role.OWNER, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    people = wishlist.members.live().filter(user__is_active=True).select_related("user")
    return people.order_by(owner_first, "created_at", "pk")


def project_members(members: Iterable[Member]) -> list[Row]:
    """The same for all who are let in: as those get it of them who may know least."""
    return [MEMBER.project(member, Sight.BLIND) for member in members]


def project_share(member: Member) -> Row:
    return SHARE.project(member, Sight.BLIND)


def project_recipients(wishlist: Wishlist) -> Row:
    """For whom it is, in the order in which they were let in."""
    rows = wishlist.members.recipients().select_related("user").order_by("created_at", "pk")
    return RECIPIENTS.project(wishlist, Sight.BLIND, recipients=[person(row.user) for row in rows])
