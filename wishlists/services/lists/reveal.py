"""Reveal a list: recipients see who gave what, for good. Happens at the list's date, or when a recipient asks for it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change, lock
from core.jobs.sweeping import sweep
from wishlists.access.former_givers import readers_among
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.gifts import chipped_in_on, reserved_on
from wishlists.refusals import RevealersOnly
from wishlists.services.activity import record
from wishlists.services.locking import lock_wishlist_as
from wishlists.services.notices.guest_mail import guests_who_gave, tell_guests


def reveal_due_wishlists() -> int:
    """Reveal every list whose date has come. Each has its own transaction, so that one failure doesn't stop the others."""
    due = Wishlist.objects.live().filter(revealed_at=None, reveal_at__lte=timezone.now())
    return sweep(_reveal, due.values_list("pk", flat=True), what="Reveal of a list")


@change()
def reveal_wishlist(*, wishlist: Wishlist, by: User) -> Wishlist:
    """Reveal the list now. Does nothing if it is revealed already. The answer doesn't depend on what was given."""
    viewpoint = lock_wishlist_as(Viewer(user=by), wishlist)
    if not may_reveal(viewpoint):
        raise RevealersOnly
    current = viewpoint.wishlist
    if current.revealed_at is None:
        _end_secret(current, Viewer(user=by))
    return current


def may_reveal(viewpoint: Viewpoint) -> bool:
    """Return whether the viewer may reveal: recipients, or the owner if no recipient has an account.
    On a shared list there is nothing to reveal.
    """
    if viewpoint.wishlist.is_shared:
        return False
    if viewpoint.is_recipient:
        return viewpoint.is_member
    return viewpoint.is_owner and not viewpoint.wishlist.members.recipients().exists()


@change()
def _reveal(pk: UUID) -> bool:
    """Reveal the list if it is still due. Checked again under the lock, because the owner may have changed the date."""
    now = timezone.now()
    wishlist = lock(Wishlist.objects.live().filter(pk=pk, revealed_at=None, reveal_at__lte=now)).first()
    if wishlist is None:
        return False
    _end_secret(wishlist, Viewer())
    return True


def _end_secret(wishlist: Wishlist, by: Viewer) -> None:
    wishlist.revealed_at = timezone.now()
    wishlist.save(update_fields=["revealed_at"])
    record(wishlist=wishlist, kind="list_revealed", by=by)
    members = User.objects.filter(memberships__wishlist=wishlist, memberships__removed_at=None)
    _tell(wishlist, by, members, _("“%(list)s” has been revealed. See who gave what."))
    gave = Q(pk__in=reserved_on(wishlist).values("user")) | Q(pk__in=chipped_in_on(wishlist).values("user"))
    others = readers_among(User.objects.filter(gave).exclude(pk__in=members.values("pk")), wishlist)
    _tell(wishlist, by, others, _("“%(list)s” has been revealed"))
    tell_guests(guests_who_gave(wishlist), kind="wishlist_revealed")


def _tell(wishlist: Wishlist, by: Viewer, people: QuerySet[User], title: str) -> None:
    """Notify `people`, except the person who asked for the reveal."""
    if by.user is not None:
        people = people.exclude(pk=by.user.pk)
    notify(
        users=people.order_by("pk"),
        kind="wishlist_revealed",
        title=title % {"list": wishlist.title},
        payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
    )
