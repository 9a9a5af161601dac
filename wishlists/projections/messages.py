"""Messages on the wire, one form for each audience.

The lane of givers is for GIVER alone, ever. Who asked a question is never told to RECIPIENT or PUBLIC, not even after
the reveal, so a question carries nothing that leads to a person.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.projections.fields import Field, Projection
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Message, Wishlist
from wishlists.models.messages import MessageQuerySet
from wishlists.models.viewers import Audience, Viewer
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of
from wishlists.projections.rows import Row
from wishlists.projections.sights import ANYBODY, NAMED, Told

MESSAGE = Projection(
    "message",
    Told,
    Field("id", sights=ANYBODY),
    Field("item_id", sights=ANYBODY),
    Field("lane", sights=ANYBODY),
    Field("answer_to", sights=ANYBODY, column="answer_to_id"),
    Field("text", sights=ANYBODY),
    Field("user_id", sights=NAMED),
    Field("display_name", sights=NAMED, get=lambda row, _: name_of(row)),
    Field("created_at", sights=ANYBODY),
)
"""As a stream carries it. In which lane it is decides who gets it at all (`talk_audiences`)."""

MESSAGE_TO_ASKER = MESSAGE.also(
    "message to an asker", Field("is_me", sights=ANYBODY, get=lambda row, viewer: is_me(row, viewer))
)

_COLUMNS = tuple(dict.fromkeys((*MESSAGE.columns(*Told), *GIVER_COLUMNS)))


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
    told = Told.NAMED if names_author(row, wishlist, audience) else Told.NAMELESS
    return MESSAGE.project(row, told) if viewer is None else MESSAGE_TO_ASKER.project(row, told, viewer)


def names_author(row: Row, wishlist: Wishlist, audience: Audience) -> bool:
    """Answers are given openly among those let in. Whoever asks or talks among givers is named as givers are."""
    if audience.is_outside:
        return False
    if row["answer_to_id"] is not None:
        return True
    return audience is Audience.GIVER and wishlist.names_shown
