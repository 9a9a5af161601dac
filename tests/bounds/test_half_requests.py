"""Clients that keep the server waiting are closed in time. Others are served, no matter how many there are."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.bounds.attacks import (
    ATTACKER,
    OTHERS,
    answer_of,
    asked,
    connected,
    exchanged,
    others_watched,
    posted,
)
from tests.bounds.conftest import SMALL_BOUNDS
from tests.nemesis.actors.raw import handshake
from tests.support.running.site import Site
from tests.support.socket_client import SECONDS, SocketClient, narrow_socket
from wishlists.models import Wishlist

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

PER_ADDRESS = int(SMALL_BOUNDS["MAX_CONNECTIONS_PER_ADDRESS"])
HALVES = {
    "silent": b"",
    "half a line": b"GET / HT",
    "half the headers": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-",
    "half a body": posted("application/json", b"x" * 100)[:-50],
    "half a chunk": posted("application/json", b"x" * 100, chunk=100)[:-50],
    "half a handshake": handshake(1)[:-20],
}


def test_incomplete_request_is_closed_in_time(bounded: Site) -> None:
    with ExitStack() as stack:
        clients = {half: stack.enter_context(connected(bounded.port)) for half in HALVES}
        for half, client in clients.items():
            client.sendall(HALVES[half])
        answers = {half: answer_of(client) for half, client in clients.items()}
    assert all(answer.ended for answer in answers.values())
    assert answers.pop("silent").status == 0
    assert {(answer.status, answer.code) for answer in answers.values()} == {(408, "request_timeout")}


@pytest.mark.parametrize("half", ["half the headers", "half a body"])
def test_single_bytes_do_not_extend_the_deadline(bounded: Site, half: str) -> None:
    assert _trickles_until_ended(bounded.port, HALVES[half], SECONDS) < SECONDS


def test_control_unmodified_daphne_waits_as_long_as_bytes_arrive(unbounded_daphne: Site) -> None:
    assert _trickles_until_ended(unbounded_daphne.port, HALVES["half the headers"], 4.0) >= 4.0


def _trickles_until_ended(port: int, begin: bytes, most: float) -> float:
    with connected(port) as client:
        client.sendall(begin)
        client.settimeout(0.1)
        began = time.monotonic()
        while (lasted := time.monotonic() - began) < most:
            try:
                client.sendall(b"x")
                if not client.recv(65_536):
                    return lasted
            except TimeoutError:
                pass
            except ConnectionError:
                return lasted
    return most


def test_idle_connection_is_closed(bounded: Site) -> None:
    with connected(bounded.port) as client:
        client.sendall(asked(path="/health").replace(b"close", b"keep-alive"))
        assert answer_of(client).ended


def test_client_that_does_not_read_its_answers_is_cut(bounded: Site) -> None:
    """It sends requests and never reads. The kernel buffers some megabytes of answers first."""
    client = narrow_socket(bounded.port)
    client.settimeout(0.2)
    request = (
        asked(path="/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js").replace(
            b"close", b"keep-alive"
        )
        * 50
    )
    deadline = time.monotonic() + SECONDS
    with client:
        while time.monotonic() < deadline:
            try:
                client.sendall(request)
            except TimeoutError:
                pass
            except ConnectionError:
                return
    raise AssertionError("It was never cut.")


@pytest.mark.parametrize("half", ["half the headers", "half a body", "silent"])
def test_incomplete_requests_beyond_the_limit_keep_nobody_out(bounded: Site, half: str) -> None:
    """Neither clients at other addresses nor others at the same address."""
    with _held(bounded.port, HALVES[half], PER_ADDRESS * 3), others_watched(bounded.port) as health:
        statuses = [exchanged(bounded.port, asked(), who).status for who in (ATTACKER, OTHERS) * 5]
    assert statuses == [401] * 10
    assert health.is_fine(), health


@contextmanager
def _held(port: int, data: bytes, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        clients = []
        for _ in range(number):
            clients.append(stack.enter_context(connected(port)))
            clients[-1].sendall(data)
        yield clients


def test_connections_in_use_are_never_closed_for_others(
    bounded: Site, wishlist: Wishlist, alice: User
) -> None:
    """Open WebSockets stay beyond every timeout. The next client at that address gets 503, others are served."""
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    with ExitStack() as stack:
        sockets = [_handshaken(stack, bounded.port) for _ in range(PER_ADDRESS)]
        refused = exchanged(bounded.port, asked())
        assert (refused.status, refused.code) == (503, "too_many_connections")
        assert int(refused.headers["retry-after"]) > 0
        assert exchanged(bounded.port, asked(path="/health")).status == 200
        assert exchanged(bounded.port, asked(), OTHERS).status == 401
        ws = stack.enter_context(
            SocketClient(f"ws://127.0.0.1:{bounded.port}/ws?public_token={link_token(link)}")
        )
        assert ws.next()["event"] == "subscribed"
        with pytest.raises(TimeoutError):
            _until_closed(sockets[0], 3.0)
        assert ws.is_silent()
    _wait_until(lambda: exchanged(bounded.port, asked()).status == 401)


def _handshaken(stack: ExitStack, port: int) -> socket.socket:
    one = stack.enter_context(connected(port))
    one.sendall(handshake(port))
    assert b" 101 " in one.recv(65_536)
    return one


def _until_closed(one: socket.socket, seconds: float) -> None:
    one.settimeout(seconds)
    while one.recv(65_536):
        pass


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
