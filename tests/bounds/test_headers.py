"""Number and length of headers are limited, and headers within the limits are read in linear time."""

from __future__ import annotations

import pytest

from tests.bounds.attacks import asked, exchanged, others_watched
from tests.support.running.site import Site

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


TOO_LARGE = [
    ["Accept: a/b" + ";" * 16_000],
    ["Content-Type: a/b" + ";" * 16_000],
    ["Accept: */*;q=" + "0" * 2_000],
    ["Accept: text/html" + ", a/b" * 30] * 60,
    ["Accept-Language: " + "en-" * 5_000],
    ["Range: bytes=" + "0-1," * 4_000],
    ["If-None-Match: " + '"x",' * 4_000],
    ["Cookie: " + "a=b; " * 2_500],
    ["X-Long: " + "x" * 9_000],
    ["X-Long: " + "x" * 200_000],
    [f"X-{number}: x" for number in range(150)],
    [f"X-{number}: x" for number in range(5_000)],
    ["X-Folded: x", *[" x"] * 8_000],
]


def test_too_large_headers_get_431(bounded: Site) -> None:
    with others_watched(bounded.port) as health:
        for headers in TOO_LARGE:
            answer = exchanged(bounded.port, asked(*headers))
            outcome = (answer.status, answer.code, answer.ended)
            assert outcome == (431, "headers_too_large", True), headers[0][:40]
    assert health.is_fine(), health


@pytest.mark.parametrize("path", ["/" + "a" * 9_000, "/lists?" + "a=&" * 3_000])
def test_too_long_address_gets_414(bounded: Site, path: str) -> None:
    answer = exchanged(bounded.port, asked(path=path))
    assert (answer.status, answer.code) == (414, "uri_too_long")


@pytest.mark.parametrize("path", ["/api/v1/ws", "/ws"])
def test_too_large_handshake_gets_431(bounded: Site, path: str) -> None:
    upgrade = [
        "Upgrade: websocket",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version: 13",
    ]
    extensions = "Sec-WebSocket-Extensions: " + "x; y, " * 2_000
    request = asked(*upgrade, extensions, path=path).replace(b"Connection: close", b"Connection: Upgrade")
    assert exchanged(bounded.port, request).status == 431


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"garbage\r\n\r\n",
        asked("X : y"),
        asked("Content-Length: 5", "Content-Length: 6"),
        asked("Content-Length: -1"),
        asked("Transfer-Encoding: gzip"),
        asked("X: a\0b"),
    ],
)
def test_malformed_request_gets_a_problem_document(bounded: Site, request_bytes: bytes) -> None:
    answer = exchanged(bounded.port, request_bytes)
    assert answer.status in (400, 501)
    assert answer.headers["content-type"] == "application/problem+json"


def test_typical_headers_of_browsers_pass(bounded: Site) -> None:
    headers = [
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language: de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Cookie: " + "; ".join(f"name{number}={'x' * 150}" for number in range(40)),
        "Authorization: Bearer " + "x" * 3_000,
        "User-Agent: " + "Mozilla/5.0 " * 20,
        *[f"Sec-Fetch-{number}: x" for number in range(20)],
    ]
    assert exchanged(bounded.port, asked(*headers, path="/health")).status == 200
