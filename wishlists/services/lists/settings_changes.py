"""Check changes to a list's settings: compute the time of the reveal, and refuse settings that would show recipients
more.
"""

from __future__ import annotations

from typing import Any

from core.time.days import start_of_day
from wishlists.models import Wishlist
from wishlists.refusals import SharedListIsOpen, SharingStarted

_OPENNESS = {Wishlist.Policy.SURPRISE: 0, Wishlist.Policy.STATUS: 1, Wishlist.Policy.OPEN: 2}


def with_reveal_date(wishlist: Wishlist, changed: dict[str, Any]) -> dict[str, Any]:
    """Return `changed` with the time of the reveal added, computed from its day and the list's time zone.

    A new day or time zone moves the time. A time that is set directly clears the day.
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
    """Refuse settings that would show a recipient more than before, once the list was shared.

    See docs/adr/0004-sharing-locks-the-settings.md. The answer depends on the settings only, never on whether anything
    is taken. A shared list stays open. Raises `SharingStarted` or `SharedListIsOpen`.
    """
    if wishlist.is_shared and changed.get("policy", Wishlist.Policy.OPEN) != Wishlist.Policy.OPEN:
        raise SharedListIsOpen
    if wishlist.shared_at is None:
        return
    if changed.get("names_shown"):
        raise SharingStarted
    # Otherwise a recipient could look at the list from a browser in which they are not logged in.
    if changed.get("guests_identify") is False:
        raise SharingStarted
    if wishlist.guests_identify and changed.get("guests_confirm") is False:
        raise SharingStarted
    if _OPENNESS[changed.get("policy", wishlist.policy)] > _OPENNESS[wishlist.policy]:  # type: ignore[index]
        raise SharingStarted
    reveal_at = changed.get("reveal_at")
    if reveal_at is not None and (wishlist.reveal_at is None or reveal_at < wishlist.reveal_at):
        raise SharingStarted
