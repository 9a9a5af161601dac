"""Public links: made, opened, withdrawn.

What is scarce is the openings of a link with `max_views`. Of two requests that open it at once the second waits for
the first, then looks at what that one left. Should the lock ever be lost, the constraint `link_views_within_limit`
refuses the second all the same, because the database counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from sharing.models import PublicLink
from sharing.queries.links import link_of, viewpoint_by
from sharing.refusals import LinkExpired, LinkRevoked, LinkUsedUp, NoSuchLink
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lists.lists import mark_shared
from wishlists.services.locking import lock_wishlist_as


class Limits(TypedDict, total=False):
    """What was named is applied, None takes the limit away; what was not named stays."""

    expires_at: datetime | None
    max_views: int | None


@change()
def make_link(*, wishlist: Wishlist, by: User, **limits: Unpack[Limits]) -> tuple[PublicLink, bool]:
    """The link of a list, and whether it is new. One that lets nobody in any more makes room for a new one."""
    current = _owned(wishlist, by)
    link = lock(current.public_links.filter(revoked_at=None)).first()
    if link is not None and not link.is_spent:
        changed = _limit(link, limits)
        if not link.is_spent:
            return _keep(link, changed, by), False
    if link is not None:
        _revoke(link, kind="link_revoked", by=by)
    made = PublicLink.objects.create(wishlist=current, created_by=by, **limits)
    mark_shared(wishlist=current)
    record(wishlist=current, kind="link_created", by=Viewer(user=by), link=str(made.pk))
    return made, True


@change()
def revoke_link(*, wishlist: Wishlist, by: User) -> None:
    """The owner withdraws the link, whatever its state. Without one there is nothing to do."""
    current = _owned(wishlist, by)
    for link in current.public_links.filter(revoked_at=None):
        _revoke(link, kind="link_revoked", by=by)


@change()
def moderate_link(*, link: PublicLink, by: User, reason: str) -> None:
    """A moderator withdraws a link, of a list that is hidden or removed too."""
    lock(Wishlist.objects.filter(pk=link.wishlist_id)).get()
    current = PublicLink.objects.select_related("wishlist").get(pk=link.pk)
    if current.revoked_at is None:
        _revoke(current, kind="moderation_link_revoked", by=by, reason=reason)


def find_open_link(token: str, *, user: User | None = None) -> tuple[PublicLink, Viewpoint]:
    """The link that lets its holder stay in, and what `user` (None: nobody known) is on its list. Or why it does not.

    A used-up link is found: it refuses openings (`spend_view`), not the people who are in.
    """
    link = link_of(token)
    if link is None or not link.leads_to_list:
        raise NoSuchLink
    if link.revoked_at is not None:
        raise LinkRevoked
    if link.has_expired:
        raise LinkExpired
    return link, viewpoint_by(link, Viewer(user=user, by_link=True))


def spend_view(*, link: PublicLink) -> None:
    """Count one opening, if openings are counted here at all. Nobody is told: the owner reads it when they ask."""
    if link.max_views is not None:
        _count_view(link)


@change()
def _count_view(link: PublicLink) -> None:
    current = lock(PublicLink.objects.filter(pk=link.pk)).get()
    if current.revoked_at is not None:
        raise LinkRevoked
    if current.is_used_up:
        raise LinkUsedUp
    if current.max_views is None:
        return
    try:
        PublicLink.objects.filter(pk=link.pk).update(view_count=F("view_count") + 1)
    except IntegrityError as error:
        raise LinkUsedUp from error


def _owned(wishlist: Wishlist, by: User) -> Wishlist:
    return lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist


def _limit(link: PublicLink, limits: Limits) -> list[str]:
    """Set what was named, and say what differs. Without a limit nothing is counted: a later one begins at 0."""
    wanted: dict[str, Any] = dict(limits)
    if limits.get("max_views", link.max_views) is None:
        wanted["view_count"] = 0
    changed = [name for name, limit in wanted.items() if getattr(link, name) != limit]
    for name in changed:
        setattr(link, name, wanted[name])
    return changed


def _keep(link: PublicLink, changed: list[str], by: User) -> PublicLink:
    if changed:
        link.save(update_fields=changed)
        record(wishlist=link.wishlist, kind="link_changed", by=Viewer(user=by), link=str(link.pk))
    return link


def _revoke(link: PublicLink, *, kind: str, by: User, **detail: Any) -> None:
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    record(wishlist=link.wishlist, kind=kind, by=Viewer(user=by), link=str(link.pk), **detail)
