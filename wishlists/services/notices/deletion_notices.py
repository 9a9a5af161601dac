"""Tell members of a deleted list, and givers who came by its link, that it is gone. Each of them once."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from wishlists.access.former_givers import readers_among
from wishlists.models import Contribution, Guest, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.projections.gifts import chipped_in_on
from wishlists.services.notices.giver_notices import tell_refunds_of_list
from wishlists.services.notices.guest_mail import tell_guests


def tell_deleted(*, wishlist: Wishlist, by: User) -> None:
    """Tell everybody. Call it before the list is deleted: its link decides who reads it by the link.

    People who paid are also told of each amount. People who lost access are told of the amounts alone, not that the list
    is gone.
    """
    title = _("“%(list)s” was deleted") % {"list": wishlist.title}
    tell_refunds_of_list(wishlist=wishlist, by=by, title=title)
    blind = Member.objects.blinding().filter(wishlist=wishlist).values("user")
    pledged = chipped_in_on(wishlist).filter(status=Contribution.Status.PLEDGED).values("user")
    told = _readers(wishlist, blind).exclude(pk=by.pk)
    recipients, givers = told.filter(pk__in=blind), told.exclude(pk__in=blind)
    freed = _("Your pledge was cancelled. You don't need to pay anything.")
    # Recipients first, in a group of their own: their notices must not depend on how many others are told, or of what.
    groups = (
        (recipients, ""),
        (givers.filter(pk__in=pledged), freed),
        (givers.exclude(pk__in=pledged), ""),
    )
    for people, body in groups:
        notify(
            users=list(people.order_by("pk")),
            kind="wishlist_deleted",
            title=title,
            body=body,
            payload={"list_title": wishlist.title},
        )
    tell_guests(_guests(wishlist), kind="wishlist_deleted")


def _readers(wishlist: Wishlist, blind: QuerySet[Any, Any]) -> QuerySet[User]:
    """Return members, and people who still read the list and give there or wait for something."""
    people = User.objects.filter(is_active=True)
    givers = readers_among(people.filter(_gives(wishlist, "user")), wishlist).exclude(pk__in=blind)
    let_in = Member.objects.live().filter(wishlist=wishlist).values("user")
    return people.filter(Q(pk__in=let_in) | Q(pk__in=givers.values("pk")))


def _guests(wishlist: Wishlist) -> QuerySet[Guest]:
    return Guest.objects.filter(_gives(wishlist, "guest"), wishlist=wishlist).order_by("pk")


def _gives(wishlist: Wishlist, whose: str) -> Q:
    """Match people who hold something there, were offered it, chip in, or wait."""
    held = Reservation.objects.active().filter(item__wishlist=wishlist)
    waiting = WaitlistEntry.objects.in_line().order_by().filter(item__wishlist=wishlist)
    rows = (held, chipped_in_on(wishlist), waiting)
    theirs = [found.exclude(**{whose: None}).values(whose) for found in rows]
    return Q(pk__in=theirs[0]) | Q(pk__in=theirs[1]) | Q(pk__in=theirs[2])
