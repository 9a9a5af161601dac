"""G12: a fetch takes at most five seconds and 512 KiB in total, whatever the server does."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from threading import Event

import pytest

from core.outgoing.addresses import Address
from core.outgoing.targets import PUBLIC_ONLY, Guard
from wishlists.product_preview.fetching import Page, fetch_page
from wishlists.tests.product_preview.web_servers import Serve, Server, Visit, redirects, says

pytestmark = pytest.mark.once

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
MAX = PUBLIC_ONLY.max_bytes
GZIP_BOMB = gzip.compress(bytes(64 * 1024 * 1024), 1)
DEFLATE_BOMB = zlib.compress(bytes(64 * 1024 * 1024), 1)


def anything(address: Address) -> bool:
    return True


def fetch_from(server: Server, **changes: object) -> Page | None:
    guard = replace(PUBLIC_ONLY, allows=anything, ports=frozenset({server.port}), **changes)  # type: ignore[arg-type]
    return fetch_page(f"http://127.0.0.1:{server.port}/", guard=guard)


# --- time ---------------------------------------------------------------------------------------------------------


def silence(visit: Visit) -> None:
    visit.stopped.wait()


def dripping_status(visit: Visit) -> None:
    visit.repeat(b"H", every=0.02)


def dripping_headers(visit: Visit) -> None:
    visit.say(HEAD + b"X-A: ")
    visit.repeat(b"a", every=0.02)


def dripping_continues(visit: Visit) -> None:
    visit.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", every=0.02)


def dripping_body(visit: Visit) -> None:
    visit.say(HEAD + b"\r\n")
    visit.repeat(b"a", every=0.02)


def dripping_chunks(visit: Visit) -> None:
    visit.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    visit.repeat(b"1\r\na\r\n", every=0.02)


def dripping_gzip(visit: Visit) -> None:
    """Send compressed bytes that decode to nothing for a long time."""
    visit.say(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10])
    visit.repeat(b"\x00\x00\x00\xff\xff", every=0.02)


def slow_redirects(visit: Visit) -> None:
    """Each hop is within the limit, but not all of them together."""
    visit.stopped.wait(0.2)
    redirects("/")(visit)


BUSY_SECONDS = 20
"""Shorter than any endless response, longer than a busy machine needs for a fetch that ends in time."""

SLOW = [
    silence,
    dripping_status,
    dripping_headers,
    dripping_continues,
    dripping_body,
    dripping_chunks,
    dripping_gzip,
    slow_redirects,
]


@pytest.mark.parametrize("speak", SLOW)
def test_time_limit_covers_the_whole_fetch(speak: Callable[[Visit], None], serve: Serve) -> None:
    began = time.monotonic()
    assert fetch_from(serve(speak), seconds=0.5) is None
    assert 0.4 < time.monotonic() - began < BUSY_SECONDS


def test_control_slow_page_within_the_limit_is_read(serve: Serve) -> None:
    def slowly(visit: Visit) -> None:
        visit.say(HEAD + b"\r\n")
        for _ in range(10):
            visit.stopped.wait(0.01)
            visit.say(b"a")

    page = fetch_from(serve(slowly))
    assert page is not None
    assert page.body == b"a" * 10


def test_control_per_read_time_out_does_not_end_it(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library time-out of half a second starts again with each byte. The server sends bytes for a second, and all are
    read.
    """
    monkeypatch.setattr("core.outgoing.pinned_http.Budget.seconds_left", lambda budget: 0.5)

    def speak(visit: Visit) -> None:
        visit.say(HEAD + b"\r\n")
        for _ in range(50):
            visit.stopped.wait(0.02)
            visit.say(b"a")

    began = time.monotonic()
    assert fetch_from(serve(speak), seconds=0.5) is not None
    assert time.monotonic() - began > 1


def test_time_limit_covers_the_look_up(serve: Serve) -> None:
    over = Event()

    def never(host: str, port: int) -> list[Address]:
        over.wait(30)
        return [ip_address("127.0.0.1")]

    server = serve()
    began = time.monotonic()
    assert fetch_from(server, seconds=0.3, resolver=never) is None
    assert time.monotonic() - began < BUSY_SECONDS
    assert server.visits == []
    over.set()


def test_time_limit_covers_the_tls_handshake(serve: Serve) -> None:
    server = serve(silence)
    guard = Guard(allows=anything, ports=frozenset({server.port}), seconds=0.5)
    began = time.monotonic()
    assert fetch_page(f"https://127.0.0.1:{server.port}/", guard=guard) is None
    assert time.monotonic() - began < BUSY_SECONDS


# --- size ---------------------------------------------------------------------------------------------------------


def endless_body(visit: Visit) -> None:
    visit.say(HEAD + b"\r\n")
    visit.repeat(b"a" * 65536)


def endless_chunks(visit: Visit) -> None:
    visit.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    visit.repeat(b"10000\r\n" + b"a" * 65536 + b"\r\n")


def gzip_bomb(visit: Visit) -> None:
    visit.say(HEAD + b"Content-Encoding: gzip\r\n\r\n" + GZIP_BOMB)


def deflate_bomb(visit: Visit) -> None:
    visit.say(HEAD + b"Content-Encoding: deflate\r\n\r\n" + DEFLATE_BOMB)


@pytest.mark.parametrize("speak", [endless_body, endless_chunks, gzip_bomb, deflate_bomb])
def test_page_is_cut_off_at_the_limit_and_uses_little_memory(
    speak: Callable[[Visit], None], serve: Serve
) -> None:
    server = serve(speak)
    tracemalloc.start()
    try:
        page = fetch_from(server, seconds=30)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert page is not None
    assert MAX * 0.9 < len(page.body) <= MAX
    assert peak < 8 * 1024 * 1024


def many_headers(visit: Visit) -> None:
    visit.say(HEAD)
    visit.repeat(b"X-A: a\r\n")


def one_long_header(visit: Visit) -> None:
    visit.say(HEAD + b"X-A: ")
    visit.repeat(b"a" * 4096)


def endless_continues(visit: Visit) -> None:
    visit.repeat(b"HTTP/1.1 100 Continue\r\nX-A: " + b"a" * 4096 + b"\r\n\r\n")


def endless_status(visit: Visit) -> None:
    visit.repeat(b"a" * 4096)


@pytest.mark.parametrize("speak", [many_headers, one_long_header, endless_continues, endless_status])
def test_endless_headers_end_soon(speak: Callable[[Visit], None], serve: Serve) -> None:
    began = time.monotonic()
    assert fetch_from(serve(speak)) is None
    assert time.monotonic() - began < BUSY_SECONDS


def test_redirects_share_one_byte_budget(serve: Serve) -> None:
    """Five hops with 120 KiB of headers each leave nothing for the page."""
    padding = [b"X-%d: " % n + b"a" * 60_000 for n in range(2)]
    seen = []

    def speak(visit: Visit) -> None:
        seen.append(visit)
        (says(b"", b"Location: /", *padding, status=b"302 Found") if len(seen) < 6 else says(b"<p>x</p>"))(
            visit
        )

    assert fetch_from(serve(speak)) is None
    assert len(seen) == 5


def test_interrupted_page_is_read_as_far_as_it_goes(serve: Serve) -> None:
    def hangs_up(visit: Visit) -> None:
        visit.say(HEAD + b"Content-Length: 1000\r\n\r\n<title>x</title>")

    page = fetch_from(serve(hangs_up))
    assert page is not None
    assert page.body == b"<title>x</title>"


def test_cookies_are_not_parsed(serve: Serve) -> None:
    """The standard library's patterns for cookies have been slow before."""
    cookies = [b"Set-Cookie: a=b; expires=" + b" " * 60_000 + b"!" for _ in range(7)]
    began = time.monotonic()
    assert fetch_from(serve(says(b"<p>x</p>", *cookies))) is not None
    assert time.monotonic() - began < BUSY_SECONDS
