"""Tell the tag of what a link opens by one statement, for core/http/unchanged.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest

from core.errors.refusals import Refusal
from core.http.signed_ids import TOKEN_LENGTH, read_signed_id
from core.http.unchanged import register_tag
from sharing.access.capabilities import Purpose
from sharing.access.open_links import require_open
from sharing.queries.unchanged import read_link
from wishlists.api.entity_tags import items_tag, tag_of
from wishlists.projections.wishlists import project_wishlist_for
from wishlists.queries.unchanged import Seen

_QUERY = re.compile(rf"token=([A-Za-z0-9_-]{{{TOKEN_LENGTH}}})", re.ASCII)
_KNOWN_BY = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_MANAGE_TOKEN")


def opened_tag(seen: Seen, opening: str | None) -> str:
    """Return the tag of the list and its items, as a link opens them."""
    return tag_of(["opened", project_wishlist_for(seen.viewpoint), items_tag(seen), opening])


def _asker(request: HttpRequest, _named: Mapping[str, str]) -> UUID | None:
    """Return the id of the link. None for users, guests and browsers, whom more than the link decides about."""
    if any(request.META.get(name) for name in _KNOWN_BY):
        return None
    found = _QUERY.fullmatch(request.META.get("QUERY_STRING", ""))
    return read_signed_id(Purpose.LINK, found[1]) if found else None


@register_tag("public list", re.compile("/api/v1/public/wishlists"), _asker)
def opened_now(link_id: UUID) -> str | None:
    """Openings of a limited link are counted, so they go the full way."""
    found = read_link(link_id)
    try:
        require_open(found and found.link)
    except Refusal:
        return None
    if found is None or found.link.max_views is not None:
        return None
    return opened_tag(found.seen_from(found.viewpoint), None)
