"""The lists that staff find by id: those of their tenant, hidden ones too, and superusers all of them."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from wishlists.models import Wishlist
from wishlists.refusals import NoSuchList


def list_for(moderator: User, wishlist_id: UUID) -> Wishlist:
    """Return the list with its owner. Raises `NoSuchList`."""
    rows = Wishlist.objects.select_related("owner").filter(removed_at=None)
    if not moderator.is_superuser:
        rows = rows.filter(tenant=moderator.tenant_id)
    found = rows.filter(pk=wishlist_id).first()
    if found is None:
        raise NoSuchList
    return found
