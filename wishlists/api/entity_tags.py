"""Entity tags: clients need not load again what they have, and can't overwrite what they have not seen.

A tag is a keyed digest of what its audience sees, or of the revision of that, and of nothing else (docs/retrying.md).
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.renderers import encode
from core.http.unchanged import is_known
from wishlists.api.serializers.items import ItemSerializer
from wishlists.queries.unchanged import Seen
from wishlists.refusals import ChangedMeanwhile

_KEPT = {"Cache-Control": "private, no-cache"}
"""Only the client may store it, and must revalidate it before each use."""


def tag_of(data: Any) -> str:
    """Return the tag of one response."""
    return _tag(encode(data))


def tag_of_items(request: Request, seen: Seen) -> str:
    """Return the tag of the items of a list, without reading the items."""
    if not request.query_params:
        return items_tag(seen)
    # The response contains links to other pages.
    return items_tag(seen, request.query_params.urlencode(), request.build_absolute_uri())


def items_tag(seen: Seen, query: str = "", address: str = "") -> str:
    """Return the tag of the items of a list that are selected by this query, which was sent to this address."""
    viewpoint, revision = seen
    wishlist = viewpoint.wishlist
    named = [
        wishlist.pk,
        viewpoint.audience,
        viewpoint.sight,
        wishlist.names_shown,
        revision,
        query,
        address,
        _shape(),
    ]
    return _tag(encode(named))


def has_it(request: Request, tag: str) -> bool:
    """Return whether the client has the version named by `tag`. Pages of the browsable API contain forms, so they have
    no tag.
    """
    if is_page(request):
        return False
    return is_known(request.headers.get("If-None-Match", ""), tag)


def tagged(request: Request, data: Any, tag: str | None = None, **headers: str) -> Response:
    """Return the response to a GET with its tag: `data`, or 304 if the client has it."""
    if is_page(request):
        return Response(data, headers=headers)
    tag = tag or tag_of(data)
    if has_it(request, tag):
        return not_modified(tag)
    return Response(data, headers=_KEPT | {"ETag": tag} | headers)


def not_modified(tag: str) -> Response:
    return Response(status=304, headers=_KEPT | {"ETag": tag})


def with_tag(data: Any, **options: Any) -> Response:
    """Return the response to an edit, with the tag that a GET would have."""
    return Response(data, headers={"ETag": tag_of(data)}, **options)


def expects(request: Request) -> bool:
    return "If-Match" in request.headers


def refuse_stale(request: Request, seen: Any) -> None:
    """Raise `ChangedMeanwhile` unless `If-Match` names the tag of `seen`.

    `seen` is the resource as this viewer would get it now. Call it under the lock of the edit.
    """
    if not expects(request):
        return
    tag = tag_of(seen)
    if not {tag, "*"} & set(parse_etags(request.headers["If-Match"])):
        raise ChangedMeanwhile(tag)


def is_page(request: Request) -> bool:
    """Return whether the answer is a page of the browsable API."""
    return bool(request.accepted_renderer.format == "api")


def _tag(text: bytes) -> str:
    digest = hmac.digest(b"tag" + settings.SECRET_KEY.encode(), text, sha256)
    return f'"{urlsafe_b64encode(digest[:15]).decode()}"'


@cache
def _shape() -> str:
    """Return the fields of the response. A version with other fields gives other tags."""
    return ",".join(ItemSerializer().fields)
