"""Refuse guests who have not confirmed who they are, before an answer shows what is hidden from them.

On a list whose guests identify themselves and confirm their address, an unconfirmed name and address show nothing. A
refusal rolls back the new guest with everything else. So a guest could try requests, learn from the answers what is
taken, and nobody would notice. Only reserving is allowed: guests come for it, and it leaves a trace.
"""

from __future__ import annotations

from wishlists.access.audience import is_identified
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ConfirmFirst


def refuse_unidentified(by: Viewer, wishlist: Wishlist) -> None:
    """Raise `ConfirmFirst` unless `by` is identified. Call it before reading anything that the answer could give away."""
    if not is_identified(by, wishlist):
        raise ConfirmFirst
