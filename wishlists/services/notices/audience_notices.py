"""Tell people that a list is shared with them, and givers that its recipients changed or who can see what givers do.

The texts depend on settings and memberships only, never on what was given.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from wishlists.access.former_givers import readers_among
from wishlists.models import Member, Wishlist
from wishlists.projections.gifts import chipped_in_on, reserved_on
from wishlists.projections.who_sees import who_sees
from wishlists.projections.who_sees_sentences import sentences_for_givers
from wishlists.services.notices.guest_mail import guests_who_gave, tell_guests

NEW_RECIPIENT = "recipients_changed"
WHO_SEES_CHANGED = "who_sees_changed"


def tell_new_recipient(*, wishlist: Wishlist, person: User, saw_giving: bool, by: User) -> None:
    """Tell givers and guests who gave that `person` is now a recipient. `saw_giving`: until now they could see who
    gives what.
    """
    name = {"name": person.display_name, "list": wishlist.title}
    told = [
        *sentences_for_givers(who_sees(wishlist)),
        _(
            "If %(name)s had reserved something here, it stays reserved until %(name)s cancels the "
            "reservation."
        )
        % name,
    ]
    if saw_giving:
        told.insert(0, _("Until now %(name)s could see who gives what here.") % name)
    notify(
        users=givers_of(wishlist).exclude(pk=by.pk),
        kind=NEW_RECIPIENT,
        title=_("“%(list)s” is now for %(name)s too") % name,
        body=" ".join(told),
        payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk), "name": person.display_name},
        about=f"list {wishlist.pk} {person.pk}",
    )
    tell_guests(guests_who_gave(wishlist), kind=NEW_RECIPIENT)


def tell_who_sees_changed(*, wishlist: Wishlist, by: User) -> None:
    """Tell people who gave there who the list is for and who can see what they do from now on."""
    notify(
        users=givers_of(wishlist).filter(_gave(wishlist)).exclude(pk=by.pk),
        kind=WHO_SEES_CHANGED,
        title=_("The people who can see what you give on “%(list)s” have changed") % {"list": wishlist.title},
        body=" ".join(sentences_for_givers(who_sees(wishlist))),
        payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
        about=f"list {wishlist.pk}",
    )
    tell_guests(guests_who_gave(wishlist), kind=WHO_SEES_CHANGED)


def tell_shared(*, wishlist: Wishlist, people: Iterable[User], by: User) -> None:
    """Tell new members that the list is shared with them."""
    notify(
        users=people,
        kind="wishlist_shared",
        title=_("%(name)s shared “%(list)s” with you") % {"name": by.display_name, "list": wishlist.title},
        payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
        about=f"list {wishlist.pk}",
    )


def givers_of(wishlist: Wishlist) -> QuerySet[User]:
    """Users who give there or may, without recipients of the list."""
    people = User.objects.filter(is_active=True)
    let_in = Member.objects.live().filter(wishlist=wishlist).values("user")
    reading = readers_among(people.filter(_gave(wishlist)), wishlist).values("pk")
    blind = Member.objects.blinding().filter(wishlist=wishlist).values("user")
    return people.filter(Q(pk__in=let_in) | Q(pk__in=reading)).exclude(pk__in=blind).order_by("pk")


def _gave(wishlist: Wishlist) -> Q:
    """Match users who hold something there, or chip in."""
    return Q(pk__in=reserved_on(wishlist).values("user")) | Q(pk__in=chipped_in_on(wishlist).values("user"))
