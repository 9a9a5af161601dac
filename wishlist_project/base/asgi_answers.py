"""Refusals that are given before Django has a request: the same problem documents, with the same headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any

from django.conf import settings

from wishlist_project.base.negotiation import JSEND_TYPE, PROBLEM_TYPE
from wishlist_project.base.renderers import encode, jsend
from wishlist_project.base.request_ids import request_id_of

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]


async def refuse_early(
    scope: Mapping[str, Any],
    send: Send,
    *,
    status: int,
    code: str,
    detail: str,
    retry_after: int | None = None,
) -> None:
    """Answer `scope` with a refusal. JSend where it is asked for by name."""
    given = dict(scope["headers"])
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": scope["path"],
    }
    as_jsend = JSEND_TYPE.encode() in given.get(b"accept", b"")
    headers: list[Header] = [
        (b"content-type", (JSEND_TYPE if as_jsend else PROBLEM_TYPE).encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id_of(given.get(b"x-request-id", b"").decode("latin-1")).encode()),
        *_cors(given.get(b"origin", b"")),
    ]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    body = encode(jsend(problem, status) if as_jsend else problem)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _cors(origin: bytes) -> list[Header]:
    """Django's middleware is further in, and a browser shows a page no answer without this."""
    if origin.decode("latin-1") not in settings.CORS_ALLOWED_ORIGINS:
        return []
    exposed = ", ".join(settings.CORS_EXPOSE_HEADERS).encode()
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", exposed),
        (b"vary", b"origin"),
    ]
