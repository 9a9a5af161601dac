"""Messages on the wire, one form for each audience.

The lane of givers is for GIVER alone, ever. Who asked a question is never told to RECIPIENT or PUBLIC, not even after
the reveal, so a question carries nothing that leads to a person.
"""

from __future__ import annotations

from collections.abc import Iterable

from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Message, Wishlist
from wishlists.models.messages import MessageQuerySet
from wishlists.models.viewers import Audience, Viewer
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of
from wishlists.projections.rows import Row

_COLUMNS = ("id", "item_id", "lane", "answer_to_id", "text", "created_at", *GIVER_COLUMNS)


def talk_audiences(lane: str, item: Item) -> list[Audience]:
    """Who may know of a message in that lane of `item`; of a wish that only givers know, nobody else."""
    if lane == Message.Lane.GIVERS or item.is_secret:
        return [Audience.GIVER]
    return list(Audience)


def lane_of(item: Item, lane: str, viewpoint: Viewpoint) -> MessageQuerySet:
    """What was said in that lane, as far as the viewer may know of it, oldest first."""
    rows = item.messages.live().filter(lane=lane)
    known = viewpoint.audience in talk_audiences(lane, item)
    return rows.order_by("created_at", "id") if known else rows.none()


def talk_of(item: Item, viewpoint: Viewpoint) -> MessageQuerySet:
    """Both lanes, as far as the viewer may know of them, oldest first."""
    return talk_for(item, viewpoint.audience)


def talk_for(item: Item, audience: Audience) -> MessageQuerySet:
    lanes = [lane for lane in Message.Lane.values if audience in talk_audiences(lane, item)]
    return item.messages.live().filter(lane__in=lanes).order_by("created_at", "id")


def project_messages(
    messages: MessageQuerySet, wishlist: Wishlist, audience: Audience, viewer: Viewer | None = None
) -> list[Row]:
    """`viewer` sees which are their own; a stream, which is one for many, does not say."""
    rows: Iterable[Row] = messages.values(*_COLUMNS)
    return [_message(row, wishlist, audience, viewer) for row in rows]


def _message(row: Row, wishlist: Wishlist, audience: Audience, viewer: Viewer | None) -> Row:
    named = names_author(row, wishlist, audience)
    shown = {
        "id": row["id"],
        "item_id": row["item_id"],
        "lane": row["lane"],
        "answer_to": row["answer_to_id"],
        "text": row["text"],
        "user_id": row["user_id"] if named else None,
        "display_name": name_of(row) if named else None,
        "created_at": row["created_at"],
    }
    return shown | ({"is_me": is_me(row, viewer)} if viewer is not None else {})


def names_author(row: Row, wishlist: Wishlist, audience: Audience) -> bool:
    """Answers are given openly among those let in. Whoever asks or talks among givers is named as givers are."""
    if audience.is_outside:
        return False
    if row["answer_to_id"] is not None:
        return True
    return audience is Audience.GIVER and wishlist.names_shown
