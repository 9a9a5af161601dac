"""Who a list is for, and who can see what givers do, as facts. The sentences are in `who_sees_sentences.py`.

Every fact comes from the functions that projections use (`sight_of`, `shows_names`, `all_named`). So a page can't say
anything else than what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet

from core.db.prepared import prepared
from core.projections.fields import Field, Projection
from wishlists.access.audience import is_identified, sight_of
from wishlists.access.former_givers import open_by_link
from wishlists.models import Member, Wishlist
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.projections.giver_names import shows_names
from wishlists.projections.sights import EVERYBODY

if TYPE_CHECKING:
    from wishlists.projections.rows import Row


class Sees(StrEnum):
    """What somebody can see of giving. TOTALS: what is taken, and sums. GIFTS: everything but names. NAMES: everything."""

    NOTHING = "nothing"
    STATUS = "status"
    TOTALS = "totals"
    GIFTS = "gifts"
    NAMES = "names"


SEES = [(sees.value, sees.value) for sees in Sees]
"""Choices for a serializer field."""

_WITHOUT_NAMES = {
    Sight.HIDDEN: Sees.NOTHING,
    Sight.BLIND: Sees.NOTHING,
    Sight.STATUS: Sees.STATUS,
    Sight.TOTALS: Sees.TOTALS,
    Sight.FULL: Sees.GIFTS,
}


@dataclass(frozen=True)
class WhoSees:
    """`recipients` have accounts, `recipient_name` has none. `keeper`: the owner, if the list is not for them."""

    recipients: tuple[str, ...]
    recipient_name: str
    recipients_see: Sees
    keeper: str
    givers_see: Sees
    link_sees: Sees
    guests_see: Sees
    guests_confirm: bool
    has_link: bool
    is_public: bool
    is_open: bool
    reveal_at: datetime | None
    revealed_at: datetime | None
    time_zone: str
    is_shared: bool
    """Whether it is a shared list, which is for everybody on it."""


def who_sees(wishlist: Wishlist, *, has_link: bool | None = None) -> WhoSees:
    """Return the facts for one list. `has_link`: whether it can be opened with a link, if that is known."""
    if has_link is None:
        has_link = wishlist.pk in open_by_link([wishlist])
    places = _recipients(wishlist_id=wishlist.pk)
    return _who_sees(
        wishlist, {row["user_id"]: row["user__display_name"] for row in places}, has_link=has_link
    )


@prepared
def _recipients(*, wishlist_id: UUID) -> QuerySet[Member, Row]:
    places = Member.objects.recipients().filter(wishlist_id=wishlist_id).order_by("created_at", "id")
    rows: Any = places.values("user_id", "user__display_name")
    return rows  # type: ignore[no-any-return]


def who_sees_of(lists: Collection[Wishlist]) -> dict[UUID, WhoSees]:
    """Return the facts for each list. Runs two statements, and one more for each owner who was not selected with the
    list.
    """
    recipients: dict[UUID, dict[UUID, str]] = {wishlist.pk: {} for wishlist in lists}
    places = Member.objects.recipients().filter(wishlist__in=recipients).order_by("created_at", "id")
    for wishlist_id, user_id, name in places.values_list("wishlist_id", "user_id", "user__display_name"):
        recipients[wishlist_id][user_id] = name
    linked = open_by_link(lists)
    return {
        wishlist.pk: _who_sees(wishlist, recipients[wishlist.pk], has_link=wishlist.pk in linked)
        for wishlist in lists
    }


def _who_sees(wishlist: Wishlist, recipients: Mapping[UUID, str], *, has_link: bool) -> WhoSees:
    return WhoSees(
        recipients=tuple(recipients.values()),
        recipient_name=wishlist.recipient_name,
        recipients_see=recipients_see(wishlist),
        keeper="" if wishlist.owner_id in recipients else wishlist.owner.display_name,
        givers_see=_seen(Audience.GIVER, wishlist),
        link_sees=_seen(_by_link(wishlist), wishlist),
        guests_see=_seen(Audience.PUBLIC, wishlist),
        guests_confirm=wishlist.guests_confirm,
        has_link=has_link,
        is_public=wishlist.is_public,
        is_open=sight_of(Audience.RECIPIENT, wishlist) is Sight.FULL and not wishlist.revealed_at,
        reveal_at=wishlist.reveal_at,
        revealed_at=wishlist.revealed_at,
        time_zone=wishlist.time_zone,
        is_shared=wishlist.is_shared,
    )


def recipients_see(wishlist: Wishlist) -> Sees:
    """What recipients see. After the reveal they read every name, to thank (wishlists/projections/gifts.py)."""
    return Sees.NAMES if wishlist.revealed_at else _seen(Audience.RECIPIENT, wishlist)


WHO_SEES = Projection(
    "who sees",
    Sight,
    Field("recipients", sights=EVERYBODY, get=lambda known, _: list(known.recipients)),
    Field("recipient_name", sights=EVERYBODY, empty_is_null=True),
    Field("recipients_see", sights=EVERYBODY),
    Field("keeper", sights=EVERYBODY, empty_is_null=True),
    Field("givers_see", sights=EVERYBODY),
    Field("link_sees", sights=EVERYBODY),
    Field("guests_see", sights=EVERYBODY),
    Field("reveal_at", sights=EVERYBODY),
    Field("revealed_at", sights=EVERYBODY),
    read=attrgetter,
)


def project_who_sees(known: WhoSees) -> Row:
    """Return the facts that everybody may read: what those with the least sight get."""
    return WHO_SEES.project(known, Sight.HIDDEN)


def _by_link(wishlist: Wishlist) -> Audience:
    """Return the audience of an unknown browser that opens the link."""
    return Audience.PUBLIC if is_identified(Viewer(by_link=True), wishlist) else Audience.VISITOR


def _seen(audience: Audience, wishlist: Wishlist) -> Sees:
    sight = sight_of(audience, wishlist)
    return Sees.NAMES if shows_names(sight, wishlist) else _WITHOUT_NAMES[sight]
