"""Links, suggestions, and what a link opens, as they are answered: plain dicts for REST, pages and sockets alike."""

from __future__ import annotations

from sharing.access.capabilities import link_token
from sharing.models import PublicLink, Suggestion
from wishlists.access.viewpoint import Viewpoint
from wishlists.projections.rows import Row
from wishlists.projections.wishlists import project_list, project_wishlist_for


def project_link(link: PublicLink) -> Row:
    """A link as its owner gets it, token and all. For nobody else."""
    return {
        "id": link.pk,
        "wishlist_id": link.wishlist_id,
        "token": link_token(link),
        "expires_at": link.expires_at,
        "max_views": link.max_views,
        "view_count": link.view_count,
        "created_at": link.created_at,
    }


def project_suggestion(suggestion: Suggestion) -> Row:
    return {
        "id": suggestion.pk,
        "wishlist_id": suggestion.wishlist_id,
        "suggested_by_id": suggestion.suggested_by_id,
        "title": suggestion.title,
        "link_url": suggestion.link_url or None,
        "message": suggestion.message or None,
        "status": suggestion.status,
        "created_at": suggestion.created_at,
    }


def project_opened(viewpoint: Viewpoint) -> Row:
    """A list and its items as the viewer gets them."""
    return {
        "wishlist": project_wishlist_for(viewpoint),
        "items": project_list(viewpoint.wishlist, viewpoint.sight),
    }
