"""Correct the name that a guest gave. Givers see the new name wherever they saw the old one; recipients see neither."""

from __future__ import annotations

from core.db.change import change
from wishlists.models import Guest
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.locking import lock_wishlist


@change()
def rename_guest(*, guest: Guest, name: str) -> Guest:
    """Rename the guest. Do nothing if the guest already has this name."""
    wishlist = lock_wishlist(guest.wishlist, withdrawn_too=True)
    if name == guest.name:
        return guest
    guest.name = name
    guest.save(update_fields=["name"])
    record(wishlist=wishlist, kind="guest_renamed", by=Viewer(guest=guest, by_link=True))
    return guest
