"""What has to be refused, or made harmless, before Django makes a request of it.

Django takes a whole body in before any view can object, and while it constructs a request it decodes the query by
whatever charset the `Content-Type` names, where nobody catches what that raises. So bodies are bounded here, headers
that cannot be read are refused as the problem documents that they would be inside, and a charset, which must be UTF-8,
is taken off.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from wishlist_project.base.asgi_answers import Message, Send, refuse_early

Receive = Callable[[], Awaitable[Message]]
Application = Callable[..., Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# RFC 2231: `charset*=utf-8''…`. Nobody needs it in a request, and it can name any codec.
_ENCODED_PARAMETER = re.compile(rb";[^,]*\*")
_CHARSET = re.compile(rb";\s*charset\s*=\s*\"?([^\s;,\"]*)\"?", re.IGNORECASE)
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


class _Refused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail


def guarded(app: Application, *, max_body: int) -> Application:
    """`app`, asked only with headers that it can read, and with a body that is whole and has at most `max_body` bytes.

    So a body that comes slowly holds neither a thread nor a place at the gate.
    """

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        if scope["method"] == "HEAD":
            send = _without_body(send)
        try:
            headers = _readable(scope["headers"])
            _look_at_length(scope["headers"], max_body)
            body, end = await _whole(receive, max_body)
        except _Refused as refused:
            return await refuse_early(
                scope, send, status=refused.status, code=refused.code, detail=refused.detail
            )
        harmless = {**scope, "headers": _with_length(headers, body)}
        return await app(harmless, _handing_on(body, end, receive), send)

    return guard


def _readable(headers: Headers) -> Headers:
    return [(name, _readable_value(name, value)) for name, value in headers]


def _readable_value(name: bytes, value: bytes) -> bytes:
    parsed = name in (b"content-type", b"accept")
    if b"\0" in value or (parsed and _ENCODED_PARAMETER.search(value)):
        raise _Refused(
            400, "bad_request", "A header of the request cannot be read. Check it and send it again."
        )
    if name != b"content-type":
        return value
    bare = _CHARSET.sub(b"", value)
    named = [charset.lower() for charset in _CHARSET.findall(value)]
    if b"charset" in bare.lower() or not all(charset in _UTF8 for charset in named):
        raise _Refused(415, "unsupported_charset", "Send text as UTF-8.")
    return bare


def _look_at_length(headers: Headers, max_body: int) -> None:
    length = dict(headers).get(b"content-length", b"")
    if length.isdigit() and int(length[:20]) > max_body:
        raise _too_large()


async def _whole(receive: Receive, max_body: int) -> tuple[bytes, Message | None]:
    """The body, and what ended it if that was not its end. Chunked bodies declare no length, so they are counted."""
    parts: list[bytes] = []
    left = max_body
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts), message
        parts.append(message.get("body", b""))
        left -= len(parts[-1])
        if left < 0:
            raise _too_large()
        if not message.get("more_body"):
            return b"".join(parts), None


def _with_length(headers: Headers, body: bytes) -> Headers:
    """DRF takes a body that declares no length for empty."""
    kept = [(name, value) for name, value in headers if name not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", str(len(body)).encode())] if body else kept


def _handing_on(body: bytes, end: Message | None, receive: Receive) -> Receive:
    """The body in one piece, then whatever else comes: the client's leaving."""
    first: list[Message] = [end or {"type": "http.request", "body": body, "more_body": False}]

    async def handed_on() -> Message:
        return first.pop() if first else await receive()

    return handed_on


def _without_body(send: Send) -> Send:
    """daphne drops only the first piece of an answer to HEAD. The client would take the rest for its next answer."""

    async def bare(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
        elif not message.get("more_body"):
            await send({**message, "body": b""})

    return bare


def _too_large() -> _Refused:
    return _Refused(413, "body_too_large", "The request is too large. Send less at once.")
