"""What the settings of a list become, and which changes of them would be a look at its secret."""

from __future__ import annotations

from typing import Any

from core.time.days import start_of_day
from wishlists.models import Wishlist
from wishlists.refusals import SharingStarted

_OPENNESS = {Wishlist.Policy.SURPRISE: 0, Wishlist.Policy.STATUS: 1, Wishlist.Policy.OPEN: 2}


def with_reveal_date(wishlist: Wishlist, changed: dict[str, Any]) -> dict[str, Any]:
    """`changed` with the moment of the reveal that follows from its day and the time zone of the list.

    A day moves the moment, and moves with the time zone; a moment said outright needs no day.
    """
    if changed.get("reveal_on") is not None or ("time_zone" in changed and "reveal_at" not in changed):
        day = changed.get("reveal_on", wishlist.reveal_on)
        if day is None:
            return changed
        zone = changed.get("time_zone", wishlist.time_zone)
        return changed | {"reveal_at": start_of_day(day, zone)}
    if "reveal_at" in changed:
        return changed | {"reveal_on": None}
    return changed | {"reveal_at": None} if "reveal_on" in changed else changed


def refuse_peek(wishlist: Wishlist, changed: dict[str, Any]) -> None:
    """Once a list was shared, nothing may tell a recipient more than before (product.md, no settings peek).

    The answer depends on the settings alone, never on whether anything is taken.
    """
    if wishlist.shared_at is None:
        return
    if changed.get("names_shown"):
        raise SharingStarted
    # Otherwise a recipient could look in from a browser in which nobody knows them.
    if changed.get("guests_identify") is False:
        raise SharingStarted
    if wishlist.guests_identify and changed.get("guests_confirm") is False:
        raise SharingStarted
    if _OPENNESS[changed.get("policy", wishlist.policy)] > _OPENNESS[wishlist.policy]:  # type: ignore[index]
        raise SharingStarted
    reveal_at = changed.get("reveal_at")
    if reveal_at is not None and (wishlist.reveal_at is None or reveal_at < wishlist.reveal_at):
        raise SharingStarted
