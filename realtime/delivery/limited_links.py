"""Decide what a client without an opening token may read by a limited link (sharing/access/limited_links.py).

Following from now on spends no view, and neither does resuming from a position that this client was sent. A snapshot of
the list spends one, over a socket as over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from realtime.access import Way
from realtime.log.streams import Position
from realtime.protocol import link_used_up, list_gone
from sharing.access.limited_links import KnownFrom, has_opened, read_signed_epoch, sign_epoch
from sharing.models import PublicLink
from sharing.queries.links import guest_of
from sharing.refusals import LinkRevoked, LinkUsedUp
from sharing.services.links import spend_view
from wishlists.models import Member

NOWHERE = ""
"""An epoch that no stream ever has. A client that names it needs a snapshot."""


@dataclass
class LimitedLinkAccess:
    """What one client may read by a limited link. `token` is a guest's manage token: guests still get in when the
    views are used up, and spend views while there are any."""

    link_id: UUID
    token: str | None = None
    floor: int | None = None

    def known(self, epoch: str | None, since: int | None) -> tuple[str | None, int | None]:
        """Return the client's position if it was sent that position. Otherwise it needs a snapshot."""
        if since is None:
            return None, None
        known_from = read_signed_epoch(self.link_id, epoch or "")
        if known_from is None or since < known_from.floor:
            return NOWHERE, 0
        self.floor = known_from.floor
        return known_from.epoch, since

    def signed_epoch(self, position: Position) -> str:
        """Return the epoch that the client is told, signed with its position."""
        if self.floor is None:
            self.floor = position.seq
        return sign_epoch(self.link_id, KnownFrom(position.epoch, self.floor))

    def open(self) -> None:
        """Spend a view, unless this client has already spent one. Raises a SocketError."""
        if self.floor == 0:
            return
        link = PublicLink.objects.select_related("wishlist").get(pk=self.link_id)
        try:
            spend_view(link=link)
        except LinkRevoked:
            raise list_gone() from None
        except LinkUsedUp:
            if guest_of(self.token or "", link.wishlist) is None:
                raise link_used_up() from None
        self.floor = 0


def link_access_of(way: Way, token: str | None) -> LimitedLinkAccess | None:
    """Return the limits of this way, or None. `token` is what the client shows: an opening token or a manage token."""
    if not way.limited or way.link_id is None or has_opened(way.link_id, token or ""):
        return None
    if way.person is not None:
        on_the_list = Member.objects.live().filter(wishlist=way.wishlist_id, user=way.person.user_id)
        if on_the_list.exists():
            return None
    return LimitedLinkAccess(way.link_id, token)
