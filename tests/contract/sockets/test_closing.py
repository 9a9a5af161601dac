"""Each close code, and what causes it."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed

from tests.contract.conftest import Patience
from tests.contract.support.cases import covers, says
from tests.contract.support.installation import Installation
from tests.contract.support.listening import PATH, Connect, by_link, following, signed_in, stream
from tests.contract.support.people import Client, Json, Person, a_link, a_list, an_item, item_path
from tests.support.socket_client import SocketClient, kernel_keeps

KEPT_AT_MOST = 5 * 1024 * 1024
"""Bytes. A client that has more waiting, and reads nothing, is disconnected."""


@covers("close 4400")
@says("Bad JSON is `error`, at the fifth 4400")
@pytest.mark.parametrize("nonsense", ["not json", "[]", "7", "{}"])
def test_fifth_bad_frame_closes_the_socket(connect: Connect, bob: Person, nonsense: str) -> None:
    ws = signed_in(connect, bob)
    for _ in range(4):
        ws.socket.send(nonsense)
        assert ws.next()["event"] == "error"
    assert ws.ask("ping")["event"] == "pong"
    ws.socket.send(nonsense)
    assert ws.closed() == 4400


@covers("close 4400", "close 4413")
@says("binary or oversize closes at once")
@pytest.mark.parametrize(("data", "code"), [(b'{"event": "ping"}', 4400), ('"' + "x" * 70_000 + '"', 4413)])
def test_binary_and_oversize_frames_close_the_socket(
    connect: Connect, bob: Person, data: bytes | str, code: int
) -> None:
    ws = signed_in(connect, bob)
    ws.socket.send(data)
    assert ws.next()["event"] == "error"
    assert ws.closed() == code


@covers("close 4401")
@says("Credentials by message, and open sockets, get an `error` and a close code after accept")
def test_bad_token_by_message_closes_the_socket(connect: Connect) -> None:
    ws = connect(PATH)
    assert ws.ask("auth", access_token="x.y.z")["event"] == "error"
    assert ws.closed() == 4401


@says("A socket ends with its session, not with the access token that opened it")
def test_ended_session_closes_the_socket(
    connect: Connect, anyone: Client, newcomer: Callable[[str], Person]
) -> None:
    dora = newcomer("Dora")
    ws = signed_in(connect, dora)
    renewed = anyone.post("/auth/refresh", {"refresh_token": dora.refresh}, expect=200)
    assert ws.ask("ping")["event"] == "pong"
    anyone.post("/auth/logout", {"refresh_token": renewed["refresh_token"]}, expect=204)
    assert ws.next()["event"] == "error"
    assert ws.closed() == 4401


@covers("close 4403")
@says("4403, 4404, 4410 close only sockets that were opened by a public token")
def test_withdrawn_access_ends_the_subscription(connect: Connect, alice: Person, bob: Person) -> None:
    """A signed-in person's socket gets `unsubscribed` and stays open. A socket opened by a link ends with that list."""
    opened, shared = a_list(alice), a_list(alice, bob)
    own = following(connect, bob, shared)
    ws = connect(f"{PATH}?public_token={a_link(alice, opened)}")
    assert ws.next()["event"] == "subscribed"
    ws.send("auth", access_token=bob.access)
    ws.until("authenticated")
    ws.send("subscribe", wishlist_id=shared["id"])
    ws.until("subscribed")
    ws.send("unsubscribe", wishlist_id=opened["id"])
    ws.until("unsubscribed")
    alice.delete(f"/wishlists/{shared['id']}/shares/{bob.id}")
    assert own.until("unsubscribed")[-1]["code"] == 4403
    assert own.ask("ping")["event"] == "pong"
    assert ws.until("unsubscribed")[-1]["code"] == 4403
    assert ws.closed() == 4403


@covers("close 4404")
def test_unknown_link_closes_its_socket(connect: Connect) -> None:
    ws = connect(PATH)
    assert ws.ask("subscribe_public", public_token="x")["code"] == "no_such_list"
    assert ws.closed() == 4404


@covers("close 4408")
def test_unidentified_socket_is_closed_in_time(patience: Patience) -> None:
    """The socket was opened before all others, so its time is usually over by now."""
    assert patience.silent.closed() == 4408


@covers("close 4410")
@pytest.mark.parametrize("way", ["query", "message"])
@pytest.mark.parametrize("gone", ["link", "list"])
def test_deleted_list_or_revoked_link_ends_the_subscription(
    connect: Connect, alice: Person, way: str, gone: str
) -> None:
    made = a_list(alice)
    token = a_link(alice, made)
    ws = by_link(connect, token) if way == "message" else connect(f"{PATH}?public_token={token}")
    ws.ask("ping")
    alice.delete(f"/wishlists/{made['id']}{'/public-link' if gone == 'link' else ''}")
    assert ws.until("unsubscribed")[-1]["code"] == 4410
    assert ws.closed() == 4410


@covers("close 4429")
def test_too_many_messages_close_the_socket(connect: Connect, bob: Person) -> None:
    ws = signed_in(connect, bob)
    for _ in range(300):
        ws.send("ping")
    assert ws.until("error")[-1]["code"] == "too_many_messages"
    assert ws.closed() == 4429


def test_too_many_sockets_are_refused(connect: Connect, newcomer: Callable[[str], Person]) -> None:
    dora = newcomer("Dora")
    for _ in range(20):
        kept = signed_in(connect, dora)
    refused = connect(PATH)
    assert refused.ask("auth", access_token=dora.access)["event"] == "error"
    assert refused.closed() == 4429
    assert kept.ask("ping")["event"] == "pong"


def read_to_the_end(ws: SocketClient) -> tuple[int, int | str]:
    """Read to the end. Return how many changes were still under way, and what came after them."""
    changes = 0
    try:
        while True:
            changes += ws.next()["event"] == "item_updated"
    except ConnectionClosed as closed:
        return changes, closed.rcvd.code if closed.rcvd else "cut"


@covers("close 4430")
def test_client_that_reads_too_slowly_is_disconnected(connect: Connect, alice: Person) -> None:
    """The client reads nothing while a list changes again and again. Another follower gets every change.

    The server says why it closes, and drops the connection a second later. On a busy machine the close frame may come
    too late, so a dropped connection is accepted too.
    """
    made = a_list(alice)
    item = an_item(alice, made, description="🎁" * 10_000)
    other = stream(signed_in(connect, alice), made)
    sleeper = connect(PATH, narrow=True)
    sleeper.ask("auth", access_token=alice.access)
    sleeper.ask("subscribe", wishlist_id=made["id"])
    changes = (KEPT_AT_MOST + kernel_keeps()) // 40_000
    for number in range(changes):
        alice.patch(item_path(item), {"title": f"Kettle {number}"})
        assert other.hears("item_updated")["item"]["title"] == f"Kettle {number}"
    received, end = read_to_the_end(sleeper)
    assert received < changes
    assert end in (4430, "cut")


@covers("close 4503")
def test_stopping_server_closes_with_4503(
    connect: Connect, installation: Installation, bob: Person, wishlist: Json
) -> None:
    with installation.serve("another") as another:
        ws = connect(PATH, to=another.url)
        assert ws.ask("auth", access_token=bob.access)["event"] == "authenticated"
        assert ws.ask("subscribe", wishlist_id=wishlist["id"])["event"] == "subscribed"
        another.process.send_signal(signal.SIGINT)
        assert ws.closed() == 4503
