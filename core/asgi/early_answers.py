"""Refuse requests before Django sees them, with the same problem documents and headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any

from django.conf import settings

from core.api.negotiation import JSEND_TYPE, PROBLEM_TYPE
from core.api.renderers import encode, jsend
from core.http.request_ids import request_id_of

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class EarlyRefusal:
    """Why a request is refused before Django sees it. `retry_after` is in seconds."""

    status: int
    code: str
    detail: str
    retry_after: int | None = None


async def refuse_early(
    scope: Mapping[str, Any],
    send: Send,
    *,
    status: int,
    code: str,
    detail: str,
    retry_after: int | None = None,
) -> None:
    """Answer `scope` with a refusal, in JSend if the client accepts it by name."""
    refusal = EarlyRefusal(status, code, detail, retry_after)
    headers, body = early_answer(refusal, scope["path"], dict(scope["headers"]))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def early_answer(
    refusal: EarlyRefusal, path: str, given: Mapping[bytes, bytes]
) -> tuple[list[Header], bytes]:
    """Return the headers and the body of a refusal. `given` are the known headers of the request."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "instance": path,
    }
    as_jsend = JSEND_TYPE.encode() in given.get(b"accept", b"")
    headers: list[Header] = [
        (b"content-type", (JSEND_TYPE if as_jsend else PROBLEM_TYPE).encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id_of(given.get(b"x-request-id", b"").decode("latin-1")).encode()),
        *_cors(given.get(b"origin", b"")),
    ]
    if refusal.retry_after is not None:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    if _wants_page(path, given):
        headers[0] = (b"content-type", b"text/html; charset=utf-8")
        return headers, _page(refusal)
    return headers, encode(jsend(problem, refusal.status) if as_jsend else problem)


def _wants_page(path: str, headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a browser will show the answer to a person.

    The page is built without Django's templates: rendering may be what is overloaded.
    """
    return not path.startswith("/api/") and b"text/html" in headers.get(b"accept", b"")


def _page(refusal: EarlyRefusal) -> bytes:
    title, again = HTTPStatus(refusal.status).phrase, ""
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        again = "<p>Reload this page to send it again. It is not done twice.</p>"
    page = (
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<main><h1>{title}</h1><p data-sentence>{escape(refusal.detail)}</p>{again}</main></html>"
    )
    return page.encode()


def _cors(origin: bytes) -> list[Header]:
    """Return the CORS headers. Django's middleware does not run here, and without them browsers hide the answer."""
    if origin.decode("latin-1") not in settings.CORS_ALLOWED_ORIGINS:
        return []
    exposed = ", ".join(settings.CORS_EXPOSE_HEADERS).encode()
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", exposed),
        (b"vary", b"origin"),
    ]
