"""Every regular expression of ours, and every parser of raw input, takes linear time for its worst input.

The tests search for the worst input of an expression: parts of it, repeated to the length of the largest header. A quadratic
expression takes seconds for that, a linear one a millisecond.
"""

from __future__ import annotations

import importlib
import io
import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import autobahn.twisted.choosereactor  # noqa: F401 - selects Twisted for autobahn, as daphne does
import h11
import pytest
from autobahn.websocket.protocol import WebSocketProtocol
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.core.handlers.asgi import ASGIRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import split_domain_port, validate_host
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.http import parse_etags, parse_http_date_safe
from django.utils.translation import get_language_from_request
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from twisted.web.http import parse_qs
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_connection, parse_extension, parse_subprotocol

from core.api.parsers import MAX_BODY, BoundedJSONParser
from core.asgi.guard import guarded
from core.errors.refusals import Refusal
from core.http.redaction import redact
from core.http.request_bounds import (
    LONG_VALUE_BYTES,
    PARSED_HEADERS,
    PARSED_VALUE_BYTES,
    RequestBounds,
)
from realtime.protocol import FRAME_BYTES, SocketError, read_command
from realtime.sockets.handshake import ForeignOrigin, read_handshake
from tests.support.sources import modules

pytestmark = pytest.mark.once

LENGTH = RequestBounds().header_bytes
SECONDS = 0.15
"""Limit of CPU time for a parser."""

PATTERN_SECONDS = 0.03
"""Limit of CPU time for an expression: ten times that of the slowest linear one, and a third of that of a quadratic one."""

QUADRATIC = re.compile(rb";[^,]*\*")


def worst_seconds(run: Callable[[], object]) -> float:
    """Return the better of two CPU times, because another process may have evicted the caches."""
    first = _seconds(run)
    return first if first < PATTERN_SECONDS else min(first, _seconds(run))


def _seconds(run: Callable[[], object]) -> float:
    began = time.thread_time()
    run()
    return time.thread_time() - began


@dataclass(frozen=True)
class Expression:
    """A compiled expression, and which of its methods are used."""

    name: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def expressions() -> Iterator[Expression]:
    """Yield every expression in our modules and in URL patterns."""
    for module in modules():
        if module.is_test or {"migrations", "management"} & {*module.path.parts}:
            continue
        source = (module.root / module.path).read_text()
        if "re.compile" not in source:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            used = frozenset(re.findall(rf"\b{name}\.(match|fullmatch|search|sub)\(", source))
            for found in _patterns_in(value):
                yield Expression(f"{module.name}.{name}", found, used or frozenset({"search"}))
    for found in _patterns_of_addresses(get_resolver()):
        yield Expression(found.pattern, found, frozenset({"search"}))


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _patterns_in(one)
    elif isinstance(value, dict):
        yield from _patterns_in([*value.values()])


def _patterns_of_addresses(resolver: URLResolver) -> Iterator[re.Pattern[str]]:
    for one in resolver.url_patterns:
        yield one.pattern.regex
        if isinstance(one, URLResolver):
            yield from _patterns_of_addresses(one)
        else:
            assert isinstance(one, URLPattern)


def attacks(pattern: re.Pattern[Any]) -> Iterator[Any]:
    """Yield inputs: one or two parts of the pattern, repeated, and a character at the end that does not match."""
    binary = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if binary else pattern.pattern
    pieces = {*re.findall(r"[A-Za-z]{2,8}", source), *re.findall(r"[^A-Za-z0-9\\]", source), " ", "a", "0"}
    pieces = set(sorted(pieces, key=lambda piece: (piece in " a0", piece))[:11])
    for pump in itertools.chain(pieces, map("".join, itertools.permutations(pieces, 2))):
        text = (pump * (LENGTH // len(pump))) + "\0"
        yield text.encode("latin-1", "replace") if binary else text


def slow_input(expression: Expression) -> str:
    """Return an attack that takes too long, or "" if there is none."""
    for text, method in itertools.product(attacks(expression.pattern), expression.methods):
        if worst_seconds(lambda: used_on(text, method, expression.pattern)) > PATTERN_SECONDS:  # noqa: B023
            return f"{text[:12]!r} over and over"
    return ""


def used_on(text: Any, method: str, pattern: re.Pattern[Any]) -> object:
    return pattern.sub(text[:0], text) if method == "sub" else getattr(pattern, method)(text)


def test_every_expression_takes_linear_time() -> None:
    found = {*expressions()}
    assert len(found) > 40
    assert {one.name: attack for one in found if (attack := slow_input(one))} == {}


def test_control_quadratic_expression_is_found() -> None:
    """This expression took three seconds for an `Accept` of 16,000 semicolons."""
    assert slow_input(Expression("", QUADRATIC, frozenset({"search"}))) == "b';;;;;;;;;;;;' over and over"


def test_no_expression_is_compiled_in_a_function() -> None:
    """The tests above would not find it there. A fixed pattern without repetition is allowed."""
    hidden = re.compile(
        r"^[ \t]+.*\bre\.(compile|match|fullmatch|search|findall|finditer|sub)\(", re.MULTILINE
    )
    found = {
        module.name
        for module in modules()
        if not module.is_test and hidden.search((module.root / module.path).read_text())
    }
    assert found == {"core.http.redaction"}  # in a tuple of the module


def repeated(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


PIECES = [
    ";",
    ",",
    " ",
    "=",
    '"',
    "\\",
    "a;",
    "a,",
    "a=",
    "*;",
    "q=1,",
    '";',
    "\\1",
    '\\"',
    "%",
    "%41",
    "&",
    "a=b&",
    "a=b; ",
    "-",
    "en-",
    "0-1,",
    "W/",
    "[",
    ":",
    "/",
    "*/*,",
    "a/b;",
    "\t",
]


def scope_with(name: bytes, value: str, query: bytes = b"") -> dict[str, Any]:
    headers = [(b"host", b"localhost"), (name, value.encode("latin-1"))]
    return {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/wishlists",
        "query_string": query,
        "headers": headers,
    }


def run_guard(scope: dict[str, Any]) -> None:
    """Run the guard without an event loop: nothing in it waits."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        _ = ASGIRequest(scope, io.BytesIO()).GET, ASGIRequest(scope, io.BytesIO()).COOKIES

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None: ...

    with suppress(StopIteration):
        next(iter(guarded(application, max_body=1)(scope, receive, send).__await__()))


@pytest.mark.parametrize("name", [*sorted(PARSED_HEADERS), b"cookie", b"authorization", b"x-request-id"])
def test_headers_take_linear_time(name: bytes) -> None:
    length = PARSED_VALUE_BYTES if name in PARSED_HEADERS else LONG_VALUE_BYTES
    for piece in PIECES:
        scope = scope_with(name, repeated(piece, length))
        assert worst_seconds(lambda scope=scope: run_guard(scope)) < SECONDS, piece  # type: ignore[misc]


def test_queries_take_linear_time() -> None:
    for piece in PIECES:
        query = repeated(piece, LONG_VALUE_BYTES).encode()
        scope = scope_with(b"accept", "*/*", query)
        for run in (lambda scope=scope: run_guard(scope), lambda query=query: _twisted(query)):
            assert worst_seconds(run) < SECONDS, piece


def _language(text: str) -> object:
    return get_language_from_request(ASGIRequest(scope_with(b"accept-language", text), io.BytesIO()))


def _negotiated(text: str) -> object:
    request = ASGIRequest(scope_with(b"accept", text), io.BytesIO())
    request.query_params = {}  # type: ignore[attr-defined]
    return DefaultContentNegotiation().select_renderer(request, [JSONRenderer()] * 4)  # type: ignore[arg-type]


def _visitor(text: str) -> object:
    scope = {
        "headers": [
            (b"cookie", text.encode()),
            (b"origin", text.encode()[:PARSED_VALUE_BYTES]),
            (b"host", b"localhost"),
        ]
    }
    return read_handshake(scope | {"query_string": text.encode()})


def _twisted(query: bytes) -> object:
    parse: Any = parse_qs
    return parse(query, 1)


def _extensions(text: str) -> object:
    protocol: Any = WebSocketProtocol()
    return protocol._parseExtensionsHeader(text)


def _h11(text: str) -> object:
    parser = h11.Connection(h11.SERVER)
    parser.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + text.encode() + b"\r\n\r\n")
    return parser.next_event()


PARSERS: dict[str, tuple[Callable[[str], object], int]] = {
    "Accept-Language": (_language, PARSED_VALUE_BYTES),
    "Accept": (_negotiated, PARSED_VALUE_BYTES),
    "If-Match, If-None-Match": (parse_etags, PARSED_VALUE_BYTES),
    "If-Modified-Since": (parse_http_date_safe, PARSED_VALUE_BYTES),
    "Host": (
        lambda text: validate_host(split_domain_port(text)[0], settings.ALLOWED_HOSTS),
        PARSED_VALUE_BYTES,
    ),
    "what opens a socket": (_visitor, LONG_VALUE_BYTES),
    "Sec-WebSocket-Extensions (daphne)": (_extensions, PARSED_VALUE_BYTES),
    "Sec-WebSocket-Extensions (uvicorn)": (parse_extension, PARSED_VALUE_BYTES),
    "Sec-WebSocket-Protocol": (parse_subprotocol, PARSED_VALUE_BYTES),
    "Connection": (parse_connection, PARSED_VALUE_BYTES),
    "any header (uvicorn)": (_h11, LONG_VALUE_BYTES),
    "a line of the log": (redact, LENGTH),
    "a frame": (read_command, FRAME_BYTES),
    "a JSON body": (lambda text: BoundedJSONParser().parse(io.BytesIO(text.encode())), MAX_BODY),
}

REFUSALS = (SocketError, ForeignOrigin, Refusal, InvalidHeader, h11.RemoteProtocolError)


@pytest.mark.parametrize("what", PARSERS)
@override_settings(HTTPS=False)
def test_parsers_take_linear_time(what: str) -> None:
    parse, length = PARSERS[what]

    def run(text: str) -> None:
        try:
            parse(text)
        except REFUSALS:
            pass
        except Exception as error:
            if type(error).__module__.startswith("rest_framework"):
                return
            raise

    for piece in [*PIECES, "[", '{"a":', '{"event":"ping","a":[', '"token=', "Bearer "]:
        text = repeated(piece, length)
        assert worst_seconds(lambda text=text: run(text)) < SECONDS, piece  # type: ignore[misc]


BODY = 1024 * 1024
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
BODIES = {
    "no part": b"\r\n" * (BODY // 2),
    "almost a boundary": b"\r\n--" * (BODY // 4),
    "many parts": (PART + b"\r\n1\r\n") * (BODY // 60),
    "many files": (PART[:-2] + b'; filename="a"\r\n\r\n1\r\n') * (BODY // 70),
    "long headers": PART + b"X: " + b"y;" * (BODY // 2),
    "many parameters": b"--x\r\nContent-Disposition: form-data"
    + b"; a=b" * (BODY // 5)
    + b"\r\n\r\n1\r\n--x--\r\n",
    "base64 of nothing": PART[:-2]
    + b'; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + b"\r\n" * (BODY // 2),
    "base64 with spaces": PART[:-2]
    + b'; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + b"a " * (BODY // 2),
    "one value": PART + b"\r\n" + b"-" * BODY,
}


@pytest.mark.parametrize("what", BODIES)
def test_multipart_bodies_take_linear_time(what: str) -> None:
    body = BODIES[what]

    def run() -> None:
        meta = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": len(body)}
        with suppress(MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            MultiPartParser(meta, io.BytesIO(body), [MemoryFileUploadHandler()]).parse()

    assert worst_seconds(run) < 4 * SECONDS
