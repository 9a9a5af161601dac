"""Links, suggestions, and what a link opens, as they are answered: plain dicts for REST, pages and sockets alike."""

from __future__ import annotations

from operator import attrgetter

from core.projections.fields import READER, Field, Projection, Reader
from sharing.access.capabilities import link_token
from sharing.models import PublicLink, Suggestion
from wishlists.access.viewpoint import Viewpoint
from wishlists.models.viewers import Sight
from wishlists.projections.items import project_list
from wishlists.projections.rows import Row
from wishlists.projections.sights import EVERYBODY
from wishlists.projections.wishlists import project_wishlist_for

LINK = Projection(
    "link",
    Reader,
    Field("id", sights=READER),
    Field("wishlist_id", sights=READER),
    Field("token", sights=READER, get=lambda link, _: link_token(link)),
    Field("expires_at", sights=READER),
    Field("max_views", sights=READER),
    Field("view_count", sights=READER),
    Field("created_at", sights=READER),
    read=attrgetter,
)
"""A link as its owner gets it, token and all. For nobody else."""

SUGGESTION = Projection(
    "suggestion",
    Reader,
    Field("id", sights=READER),
    Field("wishlist_id", sights=READER),
    Field("suggested_by_id", sights=READER),
    Field("title", sights=READER),
    Field("link_url", sights=READER, empty_is_null=True),
    Field("message", sights=READER, empty_is_null=True),
    Field("status", sights=READER),
    Field("created_at", sights=READER),
    read=attrgetter,
)
"""For the owner of the list, and whoever made it."""

OPENED = Projection(
    "opened",
    Sight,
    Field("wishlist", sights=EVERYBODY, given=True),
    Field("items", sights=EVERYBODY, given=True),
)
"""What a link opens."""

OPENING = Projection("opening", Reader, Field("opening", sights=READER, given=True))
"""Of a limited link: with it, the events of what was opened need no further view. To whoever opened it."""


def project_link(link: PublicLink) -> Row:
    return LINK.project(link, Reader.READER)


def project_suggestion(suggestion: Suggestion) -> Row:
    return SUGGESTION.project(suggestion, Reader.READER)


def project_opened(viewpoint: Viewpoint, opening: str | None = None) -> Row:
    """A list and its items as the viewer gets them, with the `opening` of a limited link."""
    wishlist, sight = viewpoint.wishlist, viewpoint.sight
    opened: Row = OPENED.project(
        None, sight, wishlist=project_wishlist_for(viewpoint), items=project_list(wishlist, sight)
    )
    return opened if opening is None else opened | OPENING.project(None, Reader.READER, opening=opening)
