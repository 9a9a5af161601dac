"""What REST, pages and sockets show of a list. The names of the fields are those of the wire contract (docs/contract.md)."""

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
"""A list as everyone who may see it gets it."""

WISHLIST_OF_ASKER = WISHLIST.also(
    "wishlist of an asker",
    Field("my_role", sights=EVERYBODY, given=True),
    Field("i_am_recipient", sights=EVERYBODY, given=True),
)
"""With what is theirs alone."""

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
"""Who would lose what, for the owner to think twice."""

_THE_SAME_FOR_ALL = Sight.HIDDEN
"""A list looks to everybody as it does to those who may know least."""


def project_wishlist(wishlist: Wishlist) -> Row:
    """The same for all, so that a stream can carry it."""
    return WISHLIST.project(wishlist, _THE_SAME_FOR_ALL)


def project_wishlist_for(viewpoint: Viewpoint) -> Row:
    """A list as one person gets it, with what is theirs alone."""
    return WISHLIST_OF_ASKER.project(viewpoint.wishlist, _THE_SAME_FOR_ALL, **_of_asker(viewpoint))


def project_counted(viewpoints: Iterable[Viewpoint]) -> list[Row]:
    """Lists with `items_count` and the `purchased_count` that the asker may know. From `.with_counts()`."""
    return [
        COUNTED_WISHLIST.project(
            viewpoint.wishlist, _THE_SAME_FOR_ALL, **_of_asker(viewpoint), **counts_of(viewpoint)
        )
        for viewpoint in viewpoints
    ]


def _of_asker(viewpoint: Viewpoint) -> Row:
    return {"my_role": viewpoint.role, "i_am_recipient": viewpoint.is_recipient}


def counts_of(viewpoint: Viewpoint) -> Row:
    """What recipients marked received, or what is bought, as the asker's sight says."""
    wishlist, sight = viewpoint.wishlist, viewpoint.sight
    count = wishlist.items_count
    bought = wishlist.bought_count if sight.sees_giving else wishlist.received_count
    if sight.sees_secrets:
        count, bought = count + wishlist.secrets_count, bought + wishlist.secrets_bought_count
    return {"items_count": count, "purchased_count": bought}
