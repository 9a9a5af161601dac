"""Every server sends the same frames, through our frame writer and through ASGI's `send` alone."""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from accounts.models import User
from realtime.delivery.send_queue import CHARACTERS
from tests.sockets.people import following, retitle, titles, token_of
from tests.support.running.live import OpenSocket, StartSite
from tests.support.running.site import Site, running_site, shared_database_url
from tests.support.socket_client import SECONDS, kernel_keeps, narrow_socket
from wishlists.models import Item, Wishlist

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

FRAME_BYTES = 900_000
PATIENCE = 2.5
NOT_AUTHENTICATED = (4401).to_bytes(2, "big")

ServeWith = Callable[[str], Site]


def _daphne(port: int) -> list[str]:
    return [sys.executable, "-m", "daphne", "-p", str(port), "wishlist_project.asgi:application"]


def _uvicorn(port: int) -> list[str]:
    options = ["--port", str(port), "--ws", "websockets-sansio", "--lifespan", "off"]
    return [sys.executable, "-m", "uvicorn", *options, "wishlist_project.asgi:application"]


WIRED = ["daphne", "uvicorn"]
PLAIN = {"daphne without a wire": _daphne, "uvicorn without a wire": _uvicorn}


@pytest.fixture(scope="module")
def serve_with(start_site: StartSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeWith]:
    """`serve_with("uvicorn")` starts our site on that server, or, for a server without our frame writer, by its own
    command."""
    served: dict[str, Site] = {}
    lengths: dict[str, int] = {}
    with ExitStack() as stack:

        def started(name: str) -> Site:
            if name in WIRED:
                return start_site(SERVER=name)
            own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}
            own |= {"REALTIME_LOOK_SECONDS": "0.3"}
            log = tmp_path_factory.mktemp("site") / "log"
            return stack.enter_context(running_site(log, variables=own, command=PLAIN[name]))

        def serve(name: str) -> Site:
            if name not in served:
                served[name] = started(name)
                lengths[name] = len(served[name].output()) if name in WIRED else 0
            return served[name]

        yield serve
        for name, site in served.items():
            assert "Traceback" not in site.output()[lengths[name] :]


@pytest.fixture(params=[*WIRED, *PLAIN])
def served(request: pytest.FixtureRequest, serve_with: ServeWith) -> Site:
    return serve_with(request.param)


def test_frames_of_every_length_come_whole_and_in_order(
    served: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """Covers each form of a frame's length, and more than a transport takes at once. The client offers deflate, as
    browsers do."""
    ws = following(connect, bob, wishlist, to=served)
    for size in (0, 1, 200, 64_000, 70_000, 400_000, 3):
        item.description = "é" * size
        item.save(update_fields=["description"])
        assert ws.next()["item"]["description"] == ("é" * size or None)
    for number in range(30):
        retitle(item, f"Kettle {number}")
    assert titles(ws, "Kettle 29") == [f"Kettle {number}" for number in range(30)]


def test_frames_before_a_close_arrive(served: Site, connect: OpenSocket, wishlist: Wishlist) -> None:
    ws = connect(to=served)
    ws.send("ping")
    ws.send("subscribe", wishlist_id=wishlist.pk)
    assert ws.next()["event"] == "pong"
    assert ws.next()["code"] == "not_authenticated"
    assert ws.closed() == 4401


@pytest.mark.parametrize("name", WIRED)
def test_client_that_is_slow_to_close_is_not_disconnected(
    serve_with: ServeWith, wishlist: Wishlist, name: str
) -> None:
    with _closed(serve_with(name), wishlist) as raw:
        assert _ends_within(raw, PATIENCE) is False
        raw.sendall(bytes([0x88, 0x82]) + bytes(4) + NOT_AUTHENTICATED)
        assert _ends_within(raw, SECONDS)


def test_control_plain_daphne_disconnects_a_slow_client(serve_with: ServeWith, wishlist: Wishlist) -> None:
    with _closed(serve_with("daphne without a wire"), wishlist) as raw:
        assert _ends_within(raw, SECONDS)


def test_client_that_reads_nothing_is_closed_and_others_do_not_wait(
    served: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    reader = following(connect, bob, wishlist, to=served)
    with _sleeper(served, bob, wishlist) as sleeper:
        changes = (CHARACTERS + kernel_keeps()) // FRAME_BYTES + 3
        for number in range(changes):
            item.title, item.description = f"{number}", "x" * FRAME_BYTES
            item.save(update_fields=["title", "description"])
            assert reader.next()["item"]["title"] == f"{number}"
        assert _length_until_end(sleeper) < changes * FRAME_BYTES
    assert reader.is_silent()


@pytest.mark.parametrize("name", WIRED)
def test_our_servers_decline_compression(serve_with: ServeWith, connect: OpenSocket, name: str) -> None:
    """A frame that is built once cannot be compressed for each socket. Compression would also cost 25 KiB per socket."""
    assert connect(to=serve_with(name)).socket.protocol.extensions == []


def test_control_plain_uvicorn_compresses(serve_with: ServeWith, connect: OpenSocket) -> None:
    assert connect(to=serve_with("uvicorn without a wire")).socket.protocol.extensions


def _sleeper(site: Site, user: User, wishlist: Wishlist) -> socket.socket:
    """A socket that follows the list and then never reads."""
    raw = _opened(site, f"?access_token={token_of(user)}")
    _send(raw, "subscribe", wishlist_id=str(wishlist.pk))
    _wait_for(raw, b'"subscribed"')
    return raw


def _closed(site: Site, wishlist: Wishlist) -> socket.socket:
    """A socket that the server has closed and whose client has not answered yet."""
    raw = _opened(site)
    _send(raw, "subscribe", wishlist_id=str(wishlist.pk))
    _wait_for(raw, bytes([0x88, 0x02]) + NOT_AUTHENTICATED)
    return raw


def _ends_within(raw: socket.socket, seconds: float) -> bool:
    raw.settimeout(seconds)
    try:
        return raw.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def _opened(site: Site, query: str = "") -> socket.socket:
    raw = narrow_socket(site.port)
    raw.settimeout(SECONDS)
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET /ws{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    _wait_for(raw, b"\r\n\r\n")
    return raw


def _send(raw: socket.socket, event: str, **values: str) -> None:
    text = json.dumps({"event": event} | values).encode()
    raw.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)


def _wait_for(raw: socket.socket, words: bytes) -> None:
    heard = b""
    while words not in heard:
        heard += raw.recv(4_096)


def _length_until_end(raw: socket.socket) -> int:
    """Return how many bytes there were to read before the server ended the connection."""
    length = 0
    try:
        while data := raw.recv(65_536):
            length += len(data)
    except ConnectionResetError:
        pass
    return length
