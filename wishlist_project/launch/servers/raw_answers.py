"""Build the bytes of an answer that is sent before the server has parsed the request."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import unquote

from core.asgi.early_answers import EarlyRefusal, early_answer


def raw_answer(
    refusal: EarlyRefusal,
    method: bytes = b"",
    target: bytes = b"/",
    given: Mapping[bytes, bytes] | None = None,
) -> bytes:
    """Return the whole answer, with `Connection: close`. `given` are the request's headers by name."""
    path = unquote(target.partition(b"?")[0].decode("latin-1"))
    headers, body = early_answer(refusal, path, given or {})
    lines = [
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}".encode(),
        *(name + b": " + value for name, value in headers),
        b"content-length: %d" % len(body),
        b"connection: close",
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + (b"" if method == b"HEAD" else body)
