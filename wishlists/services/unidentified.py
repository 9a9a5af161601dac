"""What is hidden from a guest, no refusal tells them either.

On a list whose guests identify themselves and confirm their address, a name and an address that nobody confirmed show
nothing. What is refused undoes the guest with the rest, so whoever may try learns by the answers what is taken, and nobody
notices. Reserving alone may be tried: it is what they came for, and it leaves a trace.
"""

from __future__ import annotations

from wishlists.audience import Viewer, is_identified
from wishlists.models import Wishlist
from wishlists.refusals import ConfirmFirst


def refuse_unidentified(by: Viewer, wishlist: Wishlist) -> None:
    """Call it before anything is looked at that answers could tell of."""
    if not is_identified(by, wishlist):
        raise ConfirmFirst
