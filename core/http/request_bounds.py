"""Limits of a request that are checked before it is parsed: its address, its headers, the declared length of its body.

Our servers check them as soon as the headers are complete (wishlist_project/launch/servers/). The ASGI application checks
them again (guard.py), because it may run under another server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.asgi.early_answers import EarlyRefusal

Headers = Sequence[tuple[bytes, bytes]]

LONG_VALUE_BYTES = 8 * 1024
"""Limit of a header such as a cookie or a token, and of an address with its query."""

PARSED_VALUE_BYTES = 1024
"""Limit of headers that are parsed into lists and parameters."""

PARSED_HEADERS = frozenset(
    {
        b"accept",
        b"accept-charset",
        b"accept-encoding",
        b"accept-language",
        b"connection",
        b"content-disposition",
        b"content-encoding",
        b"content-type",
        b"forwarded",
        b"host",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"origin",
        b"prefer",
        b"range",
        b"sec-websocket-extensions",
        b"sec-websocket-key",
        b"sec-websocket-protocol",
        b"transfer-encoding",
        b"upgrade",
        b"x-forwarded-for",
    }
)

UPLOAD_TYPES = (b"multipart/", b"image/")

DIGITS = 19
"""A declared length with more digits is larger than any limit."""


@dataclass(frozen=True)
class RequestBounds:
    """How large a request may be. The variables of the same names are described in docs/bounds.md."""

    header_bytes: int = 16 * 1024
    headers: int = 100
    body_bytes: int = 6 * 1024 * 1024
    text_bytes: int = 1024 * 1024
    """Limit of a body that is not an upload: JSON, or a form without files."""

    def refusal(self, target_length: int, headers: Headers) -> EarlyRefusal | None:
        """Return why this request is refused, or None. `target_length` is the length of path and query."""
        if target_length > LONG_VALUE_BYTES:
            return uri_too_long()
        if len(headers) > self.headers:
            return headers_too_large()
        if target_length + sum(len(name) + len(value) for name, value in headers) > self.header_bytes:
            return headers_too_large()
        largest = self.largest_body(headers)
        lengths: Counter[bytes] = Counter()
        for name, value in headers:
            name = name.lower()
            # Headers with the same name are joined before they are parsed, so their lengths are added.
            lengths[name] += len(value)
            if lengths[name] > (PARSED_VALUE_BYTES if name in PARSED_HEADERS else LONG_VALUE_BYTES):
                return headers_too_large()
            if name == b"content-length" and declared_length(value) > largest:
                return body_too_large()
        return None

    def largest_body(self, headers: Headers) -> int:
        """Return how many bytes a body of this type may have."""
        for name, value in headers:
            if name.lower() == b"content-type" and value.lstrip().lower().startswith(UPLOAD_TYPES):
                return self.body_bytes
        return min(self.text_bytes, self.body_bytes)


def declared_length(value: bytes) -> int:
    """Return the number in a Content-Length header, or 0 for anything else, which the server's parser refuses."""
    digits = value.strip().lstrip(b"0")
    if not digits.isdigit():
        return 0
    return int(digits) if len(digits) <= DIGITS else 10**DIGITS


def body_too_large() -> EarlyRefusal:
    return EarlyRefusal(413, "body_too_large", "The request is too large. Send less at once.")


def headers_too_large() -> EarlyRefusal:
    return EarlyRefusal(
        431,
        "headers_too_large",
        "The headers of the request are too many or too long. Send fewer or shorter ones.",
    )


def uri_too_long() -> EarlyRefusal:
    return EarlyRefusal(414, "uri_too_long", "The address of the request is too long. Use a shorter one.")


def request_timeout() -> EarlyRefusal:
    return EarlyRefusal(408, "request_timeout", "The request did not arrive in time. Send it again.")


def malformed_request() -> EarlyRefusal:
    return EarlyRefusal(400, "malformed_request", "This is not an HTTP request that the server can read.")


def too_many_connections() -> EarlyRefusal:
    return EarlyRefusal(
        503,
        "too_many_connections",
        "Too many connections are open. Try again in a few seconds.",
        retry_after=5,
    )


def too_many_bodies() -> EarlyRefusal:
    return EarlyRefusal(
        503,
        "too_busy",
        "The server is receiving too much at once. Try again in a few seconds.",
        retry_after=5,
    )
