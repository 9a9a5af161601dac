"""Projections of links, suggestions, and what a link opens: plain dicts for the API, pages and sockets."""

from __future__ import annotations

from operator import attrgetter

from orjson import Fragment

from core.projections.fields import READER, Field, Projection, Reader
from sharing.access.capabilities import link_token
from sharing.models import PublicLink, Suggestion
from wishlists.access.viewpoint import Viewpoint
from wishlists.models.viewers import Sight
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
"""A link with its token. Only the owner of the list gets it."""

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
"""A suggestion, for the owner of the list and the person who made it."""

OPENED = Projection(
    "opened",
    Sight,
    Field("wishlist", sights=EVERYBODY, given=True),
    Field("items", sights=EVERYBODY, given=True),
)
"""The list and its items, as returned for a link."""

OPENING = Projection("opening", Reader, Field("opening", sights=READER, given=True))
"""The token for a client that has opened a limited link. With it, reading events costs no further view."""


def project_link(link: PublicLink) -> Row:
    return LINK.project(link, Reader.READER)


def project_suggestion(suggestion: Suggestion) -> Row:
    return SUGGESTION.project(suggestion, Reader.READER)


def project_opened(viewpoint: Viewpoint, items: list[Row] | Fragment, opening: str | None = None) -> Row:
    """Return the list and its items as the viewer may see them, with the `opening` token of a limited link."""
    opened: Row = OPENED.project(None, viewpoint.sight, wishlist=project_wishlist_for(viewpoint), items=items)
    return opened if opening is None else opened | OPENING.project(None, Reader.READER, opening=opening)
