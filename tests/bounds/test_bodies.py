"""A too long body is refused before it is parsed, and other bodies are parsed outside the event loop."""

from __future__ import annotations

import pytest

from tests.bounds.attacks import (
    answer_of,
    asked,
    connected,
    exchanged,
    others_watched,
    posted,
)
from tests.support.running.site import Site

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
LARGE, FITS = 20_000_000, 5_900_000
PARSED_SECONDS = 0.6
"""Less than Twisted needs to parse 16 MB: 0.5 s for 6 MB on the quickest machine that we saw."""


def body_of(kind: str, length: int) -> bytes:
    if kind == FORM:
        return (b"a=1&" * (length // 4 + 1))[:length]
    return PART * (length // len(PART)) + b"--x--\r\n"


@pytest.mark.parametrize(
    ("kind", "chunk"),
    [(FORM, 0), (FORM, 60_000), (MULTIPART, 0), (MULTIPART, 60_000), ("text/plain", 60_000)],
)
def test_too_large_body_gets_413_and_the_connection_is_closed(bounded: Site, kind: str, chunk: int) -> None:
    """The client can read the answer even if it sends everything first."""
    with others_watched(bounded.port) as health:
        answer = exchanged(bounded.port, posted(kind, body_of(kind, LARGE), chunk=chunk))
    assert (answer.status, answer.code, answer.ended) == (413, "body_too_large", True)
    assert answer.headers["content-type"] == "application/problem+json"
    assert health.is_fine(), health


def test_too_large_declared_length_is_refused_before_the_body(bounded: Site) -> None:
    """`Expect: 100-continue` is answered with the refusal and not with 100."""
    head = posted(FORM, b"").replace(
        b"Content-Length: 0\r\n", b"Content-Length: 99999999\r\nExpect: 100-continue\r\n"
    )
    assert exchanged(bounded.port, head).status == 413


def test_large_form_within_the_limit_delays_nobody(bounded: Site) -> None:
    with connected(bounded.port) as attacker, others_watched(bounded.port) as health:
        attacker.sendall(
            posted(MULTIPART, body_of(MULTIPART, FITS)).replace(
                b"1.1\r\n", b"1.1\r\nConnection: close\r\n", 1
            )
        )
        answer = answer_of(attacker)
    assert answer.status == 400  # no form of ours has so many fields
    assert health.is_fine(), health


def test_control_unmodified_daphne_parses_forms_in_the_event_loop(unbounded_daphne: Site) -> None:
    form = posted(FORM, body_of(FORM, 16_000_000)).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    with others_watched(unbounded_daphne.port) as health:
        exchanged(unbounded_daphne.port, form)
    assert health.slowest > PARSED_SECONDS, health


def test_many_tiny_chunks_are_refused(bounded: Site) -> None:
    with others_watched(bounded.port) as health:
        answer = exchanged(bounded.port, posted("application/json", b"x" * 300_000, chunk=1))
    assert (answer.status, answer.ended) == (400, True)
    assert health.is_fine(), health


def test_keep_alive_and_pipelining_work(bounded: Site) -> None:
    """Keep-alive and pipelining work, also after a body."""
    with connected(bounded.port) as client:
        client.sendall(
            posted("application/json", b'{"a": 1}', chunk=3) + asked().replace(b"close", b"keep-alive")
        )
        client.sendall(asked())
        answer = answer_of(client)
    assert answer.ended
    assert (answer.status, answer.body.count(b"HTTP/1.1 401 ")) == (400, 2)
