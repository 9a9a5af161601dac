"""An answer to HEAD has no body, no matter how long that of GET is. The client would read a body as its next answer."""

from __future__ import annotations

import socket

import pytest

from tests.support.running.live import StartSite

MORE_THAN_DJANGO_SENDS_AT_ONCE = 65_536


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_head_and_the_next_request_have_two_answers(server: str, start_site: StartSite) -> None:
    site = start_site(SERVER=server)
    host = f"127.0.0.1:{site.port}"
    asked = f"HEAD /api/schema HTTP/1.1\r\nHost: {host}\r\n\r\n"
    last = f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as ws:
        ws.sendall((asked + last).encode())
        answers = b"".join(iter(lambda: ws.recv(65_536), b""))

    first, _, second = answers.partition(b"\r\n\r\n")
    assert length_of(first) > MORE_THAN_DJANGO_SENDS_AT_ONCE
    assert second.startswith(b"HTTP/1.1 200 ")
    assert b'"status": "ok"' in second


def length_of(head: bytes) -> int:
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return int(fields[b"content-length"])
