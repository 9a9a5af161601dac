"""What REST, pages and sockets show of a list. The names of the fields are those of the wire contract (docs/contract.md)."""

from __future__ import annotations

from collections.abc import Iterable

from wishlists.access.audience import audience_of, sight_of
from wishlists.models.lists import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.rows import Row
from wishlists.projections.who_sees import recipients_see


def project_wishlist(wishlist: Wishlist) -> Row:
    """A list as everyone who may see it gets it; the same for all, so that a stream can carry it."""
    return {
        "id": wishlist.id,
        "owner_id": wishlist.owner_id,
        "title": wishlist.title,
        "description": wishlist.description or None,
        "is_public": wishlist.is_public,
        "sort_order": wishlist.sort_order,
        "due_date": wishlist.due_date,
        "policy": wishlist.policy,
        "recipients_see": recipients_see(wishlist),
        "reveal_at": wishlist.reveal_at,
        "names_shown": wishlist.names_shown,
        "recipient_name": wishlist.recipient_name or None,
        "guests_confirm": wishlist.guests_confirm,
        "guests_identify": wishlist.guests_identify,
        "lapse_days": wishlist.lapse_days,
        "secret_additions": wishlist.secret_additions,
        "suggestions_from": wishlist.suggestions_from,
        "time_zone": wishlist.time_zone,
        "reveal_on": wishlist.reveal_on,
        "revealed_at": wishlist.revealed_at,
        "created_at": wishlist.created_at,
        "updated_at": wishlist.updated_at,
    }


def project_wishlist_for(wishlist: Wishlist) -> Row:
    """A list as one person gets it, with what is theirs alone. `wishlist` comes from `.for_viewer(…)`."""
    return project_wishlist(wishlist) | {
        "my_role": wishlist.my_role,
        "i_am_recipient": wishlist.i_am_recipient,
    }


def project_counted(wishlists: Iterable[Wishlist]) -> list[Row]:
    """Lists with `items_count` and the `purchased_count` that the asker may know. From `.with_counts()`."""
    return [project_wishlist_for(wishlist) | counts_of(wishlist) for wishlist in wishlists]


def counts_of(wishlist: Wishlist) -> Row:
    """What recipients marked received, or what is bought, as the asker's sight says."""
    sight = sight_of(audience_of(Viewer(), wishlist), wishlist)
    count = wishlist.items_count
    bought = wishlist.bought_count if sight.sees_giving else wishlist.received_count
    if sight.sees_secrets:
        count, bought = count + wishlist.secrets_count, bought + wishlist.secrets_bought_count
    return {"items_count": count, "purchased_count": bought}
