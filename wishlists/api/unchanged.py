"""Tell the tags of a list and of its items by one statement, for core/http/unchanged.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest

from accounts.access.last_use import note_use_of
from accounts.access.tokens import read_bearer
from core.http.unchanged import register_tag
from wishlists.api.entity_tags import items_tag, tag_of
from wishlists.projections.wishlists import project_wishlist_for
from wishlists.queries.unchanged import Seen, visible_to_session

_LIST = r"/api/v1/wishlists/(?P<wishlist_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
"""As Django's converter of UUIDs reads it."""


class Asker(NamedTuple):
    user_id: UUID
    session_id: UUID
    wishlist_id: UUID


def _asker(request: HttpRequest, named: Mapping[str, str]) -> Asker | None:
    """Return whose access token this is, and for which list. None for other ways to log in, and with a query."""
    bearer = read_bearer(request.META.get("HTTP_AUTHORIZATION", ""))
    if bearer is None or request.META.get("QUERY_STRING"):
        return None
    return Asker(*bearer, UUID(named["wishlist_id"]))


def _seen_by(asker: Asker, *, whole: bool = False) -> Seen | None:
    seen = visible_to_session(asker.session_id, asker.user_id, asker.wishlist_id, whole=whole)
    if seen is not None:
        note_use_of(asker.session_id)
    return seen


@register_tag("list", re.compile(_LIST, re.ASCII), _asker)
def list_now(asker: Asker) -> str | None:
    seen = _seen_by(asker, whole=True)
    return tag_of(project_wishlist_for(seen.viewpoint)) if seen else None


@register_tag("items", re.compile(_LIST + "/items", re.ASCII), _asker)
def items_now(asker: Asker) -> str | None:
    seen = _seen_by(asker)
    return items_tag(seen) if seen else None
