"""Log refused requests, after their transaction was rolled back (docs/trail.md).

Only what somebody was not allowed to do is logged. Coming too late for a gift is not a denial. Something that the
requester can't see has no log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.db.change import refused
from core.db.write_lock import write_lock
from core.errors.refusals import Forbidden
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Activity, Guest, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record

LOGGED = frozenset({"not_holder", "recipient", "owner_only", "editor_only", "secret_sealed", "no_such_guest"})
"""Codes of refusals that are logged, as kind `denied_<code>`."""
A_PERSON_AND_HOUR = 20
"""Maximum number of rows of one kind per person and hour. By then the person is known, and must not fill the log."""


def require(check: Callable[[Viewpoint], Viewpoint], viewpoint: Viewpoint, method: str | None) -> Viewpoint:
    """Return `check(viewpoint)`. If it refuses, log that, unless the request only reads.

    `method` is that of the request. For lookups of views, before a service is called.
    """
    try:
        return check(viewpoint)
    except Forbidden as refusal:
        if method in ("GET", "HEAD", "OPTIONS"):
            raise
        raise refused(refusal, viewpoint=viewpoint) from None


def record_denial(*, code: str, asked: Mapping[str, Any]) -> Activity | None:
    """Log a refusal with that code, for a service that was called with the arguments `asked`. Return None if it isn't
    logged.

    Most refusals say that a gift is taken. They must not wait for SQLite's write lock once more, only to log nothing.
    """
    item, wishlist = _about(asked)
    if code not in LOGGED or wishlist is None:
        return None
    with write_lock(), transaction.atomic():
        return _record(code, wishlist, item, _who(asked))


def _record(code: str, wishlist: Wishlist, item: Item | None, by: Viewer) -> Activity | None:
    # Each kind is counted separately. Otherwise denials about giving would show in how many others are logged.
    lately = Activity.objects.filter(
        kind=f"denied_{code}", created_at__gt=timezone.now() - timedelta(hours=1), user=by.user
    )
    if by.user is None:
        lately = lately.filter(wishlist=wishlist, guest=by.guest)
    if lately.count() >= A_PERSON_AND_HOUR:
        return None
    return record(wishlist=wishlist, kind=f"denied_{code}", by=by, item=item)


def _about(asked: Mapping[str, Any]) -> tuple[Item | None, Wishlist | None]:
    """Return the item and list that the service was called for. Services name them by one of these arguments."""
    item = asked.get("item")
    for name in ("reservation", "contribution"):
        item = item or getattr(asked.get(name), "item", None)
    if item is not None:
        return item, item.wishlist
    for name in ("suggestion", "link", "collection"):
        if name in asked:
            return None, asked[name].wishlist
    viewpoint = asked.get("viewpoint")
    return None, viewpoint.wishlist if viewpoint else asked.get("wishlist")


def _who(asked: Mapping[str, Any]) -> Viewer:
    """Return who made the request, without a guest who was created by it: the rollback removed that guest."""
    viewpoint = asked.get("viewpoint")
    by = viewpoint.viewer if viewpoint else asked.get("by")
    if isinstance(by, User):
        return Viewer(user=by)
    if not isinstance(by, Viewer):
        return Viewer()
    known = by.guest is not None and Guest.objects.filter(pk=by.guest.pk).exists()
    return by if known else Viewer(user=by.user)
