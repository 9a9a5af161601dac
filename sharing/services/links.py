"""Create, open and revoke public links.

A link with `max_views` can be opened a limited number of times. If two requests open it at once, the second waits for
the lock and then reads the new count. If the lock were ever lost, the constraint `link_views_within_limit` would still
refuse the second one, because the database does the counting.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from core.http.signed_ids import read_signed_id
from core.limits.rate_limits import LINKS, refuse_beyond
from sharing.access.capabilities import Purpose
from sharing.access.open_links import require_open
from sharing.models import PublicLink
from sharing.queries.links import link_of, viewpoint_by
from sharing.queries.unchanged import RevisedLink, read_link
from sharing.refusals import LinkRevoked, LinkUsedUp, NoSuchLink
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lists.lists import mark_shared
from wishlists.services.locking import lock_wishlist_as


class Limits(TypedDict, total=False):
    """The limits to change. Keys that are absent leave a limit as it is; None removes it."""

    expires_at: datetime | None
    max_views: int | None


@change()
def make_link(*, wishlist: Wishlist, by: User, **limits: Unpack[Limits]) -> tuple[PublicLink, bool]:
    """Return the link of a list and whether it is new. A link that lets in nobody new is replaced."""
    current = _owned(wishlist, by)
    link = lock(current.public_links.filter(revoked_at=None)).first()
    if link is not None and not link.is_spent:
        changed = _limit(link, limits)
        if not link.is_spent:
            return _keep(link, changed, by), False
    if link is not None:
        _revoke(link, kind="link_revoked", by=by)
    refuse_beyond(LINKS, by.pk)
    made = PublicLink.objects.create(wishlist=current, created_by=by, **limits)
    mark_shared(wishlist=current)
    record(wishlist=current, kind="link_created", by=Viewer(user=by), link=str(made.pk))
    return made, True


@change()
def revoke_link(*, wishlist: Wishlist, by: User) -> None:
    """Revoke the link for the owner, whatever its state. Without a link, do nothing."""
    current = _owned(wishlist, by)
    for link in current.public_links.filter(revoked_at=None):
        _revoke(link, kind="link_revoked", by=by)


@change()
def moderate_link(*, link: PublicLink, by: User, reason: str) -> None:
    """Revoke a link for a moderator. The list may be hidden or removed."""
    lock(Wishlist.objects.filter(pk=link.wishlist_id)).get()
    current = PublicLink.objects.select_related("wishlist").get(pk=link.pk)
    if current.revoked_at is None:
        _revoke(current, kind="moderation_link_revoked", by=by, reason=reason)


def find_open_link(token: str, *, user: User | None = None) -> tuple[PublicLink, Viewpoint]:
    """Return a link that works for people who have opened it, and the viewpoint of `user` on its list.

    Otherwise raise the refusal that says why not. `user` is None for people without an account. A used-up link is
    returned, too: `spend_view` refuses new openings, but people who are in stay in.
    """
    link = require_open(link_of(token))
    return link, viewpoint_by(link, Viewer(user=user, by_link=True))


def find_revised_link(token: str, *, user: User | None) -> RevisedLink:
    """Return the same with the revisions of the list."""
    link_id = read_signed_id(Purpose.LINK, token)
    found = read_link(link_id, user) if link_id else None
    require_open(found and found.link)
    if found is None:
        raise NoSuchLink
    return found


def spend_view(*, link: PublicLink) -> None:
    """Count one opening if the link is limited. Nobody is notified: the owner sees the count when they ask for it."""
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
    """Set the given limits and return the names of the fields that changed.

    Without `max_views` nothing is counted, so the count is reset to 0 for a later limit.
    """
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
