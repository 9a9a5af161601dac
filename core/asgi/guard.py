"""ASGI middleware that bounds bodies and checks headers before Django builds a request.

Django reads a whole body before a view can refuse it. While it builds the request it decodes the query by the charset of
`Content-Type`, and nothing catches the errors of that. So this module bounds bodies, refuses unreadable headers with the
usual problem documents, and removes the charset, which must be UTF-8.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core.asgi.early_answers import EarlyRefusal, Message, Send, refuse_early
from core.http.request_bounds import RequestBounds, body_too_large

Receive = Callable[[], Awaitable[Message]]
Application = Callable[..., Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_PARAMETERS = (b"content-type", b"accept")


class _Refused(Exception):
    def __init__(self, refusal: EarlyRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def guarded(app: Application, *, max_body: int, bounds: RequestBounds | None = None) -> Application:
    """Wrap `app`: it gets only readable headers, and bodies that are complete and have at most `max_body` bytes.

    So a slow body takes neither a thread nor a slot at the gate. A WebSocket whose handshake exceeds the bounds is
    refused before it is accepted.
    """
    bounds = bounds or RequestBounds(body_bytes=max_body)

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await _guard_socket(scope, receive, send)
        if scope["type"] != "http":
            return await app(scope, receive, send)
        if scope["method"] == "HEAD":
            send = _without_body(send)
        try:
            _check_bounds(scope, bounds)
            headers = _readable(scope["headers"])
            body, end = await _whole(receive, bounds.largest_body(scope["headers"]))
        except _Refused as refused:
            return await refuse_early(scope, send, **vars(refused.refusal))
        harmless = {**scope, "headers": _with_length(headers, body)}
        return await app(harmless, _handing_on(body, end, receive), send)

    async def _guard_socket(scope: Message, receive: Receive, send: Send) -> None:
        try:
            _check_bounds(scope, bounds)
            headers = _readable(scope["headers"])
        except _Refused:
            await receive()
            return await send({"type": "websocket.close"})
        return await app({**scope, "headers": headers}, receive, send)

    return guard


def _check_bounds(scope: Message, bounds: RequestBounds) -> None:
    target = len(scope.get("raw_path") or scope["path"]) + len(scope.get("query_string", b""))
    if refusal := bounds.refusal(target, scope["headers"]):
        raise _Refused(refusal)


def _readable(headers: Headers) -> Headers:
    return [(name, _readable_value(name, value)) for name, value in headers]


def _readable_value(name: bytes, value: bytes) -> bytes:
    if b"\0" in value or (name in _PARAMETERS and _has_encoded_parameter(value)):
        raise _Refused(
            EarlyRefusal(
                400, "bad_request", "A header of the request cannot be read. Check it and send it again."
            )
        )
    if name == b"content-type":
        return _without_charset(value)
    return _without_escaped_cookies(value) if name == b"cookie" else value


def _has_encoded_parameter(value: bytes) -> bool:
    """Return whether a parameter is encoded by RFC 2231 (`charset*=utf-8''…`).

    No client needs that in a request, and it can name any codec.
    """
    return any(b"*" in part.partition(b";")[2] for part in value.split(b","))


def _without_charset(value: bytes) -> bytes:
    """Return the content type without its charset, which must be UTF-8. Takes linear time."""
    kept: list[bytes] = []
    for part in value.split(b";"):
        name, equals, charset = part.partition(b"=")
        if name.strip().lower() == b"charset" and equals and kept:
            if _unquoted(charset.strip()).lower() not in _UTF8:
                raise _unsupported_charset()
        elif b"charset" in part.lower():
            raise _unsupported_charset()
        else:
            kept.append(part)
    return b";".join(kept)


def _unquoted(value: bytes) -> bytes:
    quoted = len(value) > 1 and value.startswith(b'"') and value.endswith(b'"')
    return value[1:-1] if quoted else value


def _unsupported_charset() -> _Refused:
    return _Refused(EarlyRefusal(415, "unsupported_charset", "Send text as UTF-8."))


def _without_escaped_cookies(value: bytes) -> bytes:
    """Remove cookies with a backslash: ours have none, and Python before 3.11.10 parses them in quadratic time."""
    if b"\\" not in value:
        return value
    return b";".join(cookie for cookie in value.split(b";") if b"\\" not in cookie)


async def _whole(receive: Receive, max_body: int) -> tuple[bytes, Message | None]:
    """Return the body, and the message that interrupted it, such as a disconnect. Chunked bodies are counted as they come."""
    parts: list[bytes] = []
    left = max_body
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts), message
        parts.append(message.get("body", b""))
        left -= len(parts[-1])
        if left < 0:
            raise _Refused(body_too_large())
        if not message.get("more_body"):
            return b"".join(parts), None


def _with_length(headers: Headers, body: bytes) -> Headers:
    """Declare the length of the body: DRF treats a body without a declared length as empty."""
    kept = [(name, value) for name, value in headers if name not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", str(len(body)).encode())] if body else kept


def _handing_on(body: bytes, end: Message | None, receive: Receive) -> Receive:
    """Return a `receive` that gives the body in one piece, and then what follows, such as a disconnect."""
    first: list[Message] = [end or {"type": "http.request", "body": body, "more_body": False}]

    async def handed_on() -> Message:
        return first.pop() if first else await receive()

    return handed_on


def _without_body(send: Send) -> Send:
    """Drop the body of an answer to HEAD. daphne drops only its first piece; the client would read the rest as its next
    answer.
    """

    async def bare(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
        elif not message.get("more_body"):
            await send({**message, "body": b""})

    return bare
