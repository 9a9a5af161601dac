"""The reveal: the secret of a list ends, once and for good. At its date, or when somebody for whom it is asks for it."""

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
    """Reveal every list whose date has come; each in a change of its own, so that one failure holds up no other."""
    due = Wishlist.objects.live().filter(revealed_at=None, reveal_at__lte=timezone.now())
    return sweep(_reveal, due.values_list("pk", flat=True), what="Reveal of a list")


@change()
def reveal_wishlist(*, wishlist: Wishlist, by: User) -> Wishlist:
    """End the secret now. Again is no different, and whether anything was given makes no difference either."""
    viewpoint = lock_wishlist_as(Viewer(user=by), wishlist)
    if not may_reveal(viewpoint):
        raise RevealersOnly
    current = viewpoint.wishlist
    if current.revealed_at is None:
        _end_secret(current, Viewer(user=by))
    return current


def may_reveal(viewpoint: Viewpoint) -> bool:
    """Those for whom it is; where none of them has an account, the owner."""
    if viewpoint.is_recipient:
        return viewpoint.is_member
    return viewpoint.is_owner and not viewpoint.wishlist.members.recipients().exists()


@change()
def _reveal(pk: UUID) -> bool:
    """Look again under the lock: the owner may have moved the date while this list waited for its turn."""
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
    """Whoever asked for it knows. Givers who were not let in hear of it too, while they may read the list."""
    if by.user is not None:
        people = people.exclude(pk=by.user.pk)
    notify(
        users=people.order_by("pk"),
        kind="wishlist_revealed",
        title=title % {"list": wishlist.title},
        payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
    )
