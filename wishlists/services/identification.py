"""Refuse guests who have not confirmed who they are, before an answer tells what is hidden from them.

On a list whose guests identify themselves and confirm their address, a name and an address that nobody confirmed show
nothing. A refusal rolls the new guest back with the rest. So a guest who could try would learn from the answers what is taken,
and nobody would notice. Only reserving may be tried: it is what they came for, and it leaves a trace.
"""

from __future__ import annotations

from wishlists.access.audience import is_identified
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ConfirmFirst


def refuse_unidentified(by: Viewer, wishlist: Wishlist) -> None:
    """Call it before reading anything that the answer could give away."""
    if not is_identified(by, wishlist):
        raise ConfirmFirst
