"""Lists in the API, on pages and in events. The field names are those of the API contract (docs/contract.md)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from core.projections.fields import Field, Projection
from wishlists.access.viewpoint import Viewpoint
from wishlists.models.lists import Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.rows import Row
from wishlists.projections.sights import EVERYBODY, GIVERS
from wishlists.projections.who_sees import recipients_see

WISHLIST = Projection(
    "wishlist",
    Sight,
    Field("id", sights=EVERYBODY),
    Field("owner_id", sights=EVERYBODY),
    Field("kind", sights=EVERYBODY),
    Field("title", sights=EVERYBODY),
    Field("description", sights=EVERYBODY, empty_is_null=True),
    Field("is_public", sights=EVERYBODY),
    Field("sort_order", sights=EVERYBODY),
    Field("due_date", sights=EVERYBODY),
    Field("policy", sights=EVERYBODY),
    Field("recipients_see", sights=EVERYBODY, get=lambda wishlist, _: recipients_see(wishlist)),
    Field("reveal_at", sights=EVERYBODY),
    Field("names_shown", sights=EVERYBODY),
    Field("recipient_name", sights=EVERYBODY, empty_is_null=True),
    Field("guests_confirm", sights=EVERYBODY),
    Field("guests_identify", sights=EVERYBODY),
    Field("lapse_days", sights=EVERYBODY),
    Field("secret_additions", sights=EVERYBODY),
    Field("suggestions_from", sights=EVERYBODY),
    Field("time_zone", sights=EVERYBODY),
    Field("reveal_on", sights=EVERYBODY),
    Field("revealed_at", sights=EVERYBODY),
    Field("created_at", sights=EVERYBODY),
    Field("updated_at", sights=EVERYBODY),
    read=attrgetter,
)
"""A list, as everyone who may see it gets it."""

WISHLIST_OF_ASKER = WISHLIST.also(
    "wishlist of an asker",
    Field("my_role", sights=EVERYBODY, given=True),
    Field("i_am_recipient", sights=EVERYBODY, given=True),
)
"""A list with the viewer's own fields."""

COUNTED_WISHLIST = WISHLIST_OF_ASKER.also(
    "counted wishlist",
    Field("items_count", sights=EVERYBODY, given=True),
    Field("purchased_count", sights=EVERYBODY, given=True),
)

DELETE_IMPACT = Projection(
    "delete impact",
    Sight,
    Field("shared_with_count", sights=EVERYBODY, given=True),
    Field("contributors_count", sights=GIVERS, given=True, hidden_as=0),
)
"""How many people would lose something, so that the owner can decide."""

_THE_SAME_FOR_ALL = Sight.HIDDEN
"""The same for everybody: what those with the least sight get."""


def project_wishlist(wishlist: Wishlist) -> Row:
    """Return the list as everybody gets it, for events."""
    return WISHLIST.project(wishlist, _THE_SAME_FOR_ALL)


def project_wishlist_for(viewpoint: Viewpoint) -> Row:
    """Return the list as one viewer gets it, with their own fields."""
    return WISHLIST_OF_ASKER.project(viewpoint.wishlist, _THE_SAME_FOR_ALL, **_of_asker(viewpoint))


def project_counted(viewpoints: Iterable[Viewpoint]) -> list[Row]:
    """Return lists with `items_count` and the `purchased_count` that the viewer may know. The rows come from
    `.with_counts()`.
    """
    return [
        COUNTED_WISHLIST.project(
            viewpoint.wishlist, _THE_SAME_FOR_ALL, **_of_asker(viewpoint), **counts_of(viewpoint)
        )
        for viewpoint in viewpoints
    ]


def _of_asker(viewpoint: Viewpoint) -> Row:
    return {"my_role": viewpoint.role, "i_am_recipient": viewpoint.is_recipient}


def counts_of(viewpoint: Viewpoint) -> Row:
    """Return the counts: what recipients marked as received, or what is bought, depending on the viewer's sight."""
    counts, sight = viewpoint.wishlist.counts, viewpoint.sight
    count = counts.items
    bought = counts.bought if sight.sees_giving else counts.received
    if sight.sees_secrets:
        count, bought = count + counts.secret, bought + counts.secret_bought
    return {"items_count": count, "purchased_count": bought}
