"""What givers did on a list, for a moderator who has opened it with a reason."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from core.money.money import Money
from core.projections.fields import READER, Field, Projection, Reader
from wishlists.models import Contribution, Message, Reservation, Wishlist

Row = dict[str, Any]


OPENED_GIVER = Projection(
    "opened giver",
    Reader,
    Field("user_id", sights=READER),
    Field("name", sights=READER, get=lambda row, _: row.user.display_name if row.user else row.guest.name),
    read=attrgetter,
)
"""Who did it. `user_id` is null for guests."""

_ON_ITEM = (
    Field("id", sights=READER),
    Field("item_id", sights=READER),
    Field("item_title", sights=READER, get=lambda row, _: row.item and row.item.title),
    Field("by", sights=READER, get=lambda row, _: OPENED_GIVER.project(row, Reader.READER)),
    Field("created_at", sights=READER),
)

OPENED_RESERVATION = Projection(
    "opened reservation",
    Reader,
    *_ON_ITEM,
    Field("units", sights=READER),
    Field("stage", sights=READER),
    Field("message", sights=READER, empty_is_null=True),
    Field("released_at", sights=READER),
    read=attrgetter,
)
OPENED_CONTRIBUTION = Projection(
    "opened contribution",
    Reader,
    *_ON_ITEM,
    Field("amount", sights=READER, get=lambda row, _: Money(row.amount_minor, row.currency)),
    Field("currency", sights=READER),
    Field("status", sights=READER),
    Field("withdrawn_at", sights=READER),
    read=attrgetter,
)
OPENED_MESSAGE = Projection(
    "opened message",
    Reader,
    *_ON_ITEM,
    Field("lane", sights=READER),
    Field("answer_to", sights=READER, column="answer_to_id"),
    Field("text", sights=READER),
    Field("removed_at", sights=READER),
    read=attrgetter,
)


OPENED_GIVING = Projection(
    "opened giving",
    Reader,
    Field("reservations", sights=READER, given=True),
    Field("contributions", sights=READER, given=True),
    Field("messages", sights=READER, given=True),
)


def project_opened_giving(wishlist: Wishlist) -> Row:
    """Return all reservations, contributions and messages, oldest first, also those that ended."""
    on_items = {"item__wishlist": wishlist}
    return OPENED_GIVING.project(
        None,
        Reader.READER,
        reservations=_rows(OPENED_RESERVATION, Reservation.objects.filter(**on_items)),
        contributions=_rows(OPENED_CONTRIBUTION, Contribution.objects.on(wishlist)),
        messages=_rows(OPENED_MESSAGE, Message.objects.filter(**on_items)),
    )


def _rows(projection: Projection[Reader], rows: QuerySet[Any]) -> list[Row]:
    found = rows.select_related("item", "user", "guest").order_by("created_at", "pk")
    return [projection.project(row, Reader.READER) for row in found]
