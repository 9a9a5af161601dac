"""The revision of a list for one audience: a text that changes exactly when something changes that this audience sees.

It is the position of the audience's stream. `realtime` builds on this app and registers it at start-up. Each audience
has its own, so what givers do changes nothing for recipients.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from wishlists.models.viewers import Audience

Revisions = Callable[[UUID, Audience], str]

_known: list[Revisions] = []


def register_revisions(revision: Revisions) -> Revisions:
    _known[:] = [revision]
    return revision


def revision_of(wishlist_id: UUID, audience: Audience) -> str:
    """Return the revision. Read it before the state that it names: a change in between then gets an older name, and is
    sent again.
    """
    return _known[0](wishlist_id, audience)
