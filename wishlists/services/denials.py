"""What was refused is logged too, once the refusal is over (docs/trail.md).

Only what somebody was not allowed to do. To come too late for a gift is no denial, and what does not exist for the
asker has no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from wishlists.models import Activity, Guest, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record

LOGGED = frozenset({"not_holder", "recipient", "owner_only", "editor_only", "secret_sealed", "no_such_guest"})
"""The codes of refusals that leave a row, of kind `denied_<code>`."""
A_PERSON_AND_HOUR = 20
"""So many rows of a kind, and no more: whoever tries on and on is known by then, and must not fill the log."""


@transaction.atomic
def record_denial(*, code: str, asked: Mapping[str, Any]) -> Activity | None:
    """One row for a refusal with that code, of a verb that was asked `asked`; None where there is nothing to log."""
    item, wishlist = _about(asked)
    if code not in LOGGED or wishlist is None:
        return None
    by = _who(asked)
    # Each kind has a number of its own: of one that tells of giving, nothing may follow for others.
    lately = Activity.objects.filter(
        kind=f"denied_{code}", created_at__gt=timezone.now() - timedelta(hours=1), user=by.user
    )
    if by.user is None:
        lately = lately.filter(wishlist=wishlist, guest=by.guest)
    if lately.count() >= A_PERSON_AND_HOUR:
        return None
    return record(wishlist=wishlist, kind=f"denied_{code}", by=by, item=item)


def _about(asked: Mapping[str, Any]) -> tuple[Item | None, Wishlist | None]:
    """The verbs name what they are about in one of these ways."""
    item = asked.get("item")
    for name in ("reservation", "contribution", "waiter"):
        item = item or getattr(asked.get(name), "item", None)
    if item is not None:
        return item, item.wishlist
    for name in ("suggestion", "link", "collection"):
        if name in asked:
            return None, asked[name].wishlist
    viewpoint = asked.get("viewpoint")
    return None, viewpoint.wishlist if viewpoint else asked.get("wishlist")


def _who(asked: Mapping[str, Any]) -> Viewer:
    """Without a guest who came with what was refused: nobody has come."""
    viewpoint = asked.get("viewpoint")
    by = viewpoint.viewer if viewpoint else asked.get("by")
    if isinstance(by, User):
        return Viewer(user=by)
    if not isinstance(by, Viewer):
        return Viewer()
    known = by.guest is not None and Guest.objects.filter(pk=by.guest.pk).exists()
    return by if known else Viewer(user=by.user)
