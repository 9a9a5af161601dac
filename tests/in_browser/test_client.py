"""The JavaScript client in a browser: the events that it hands on always lead to the state of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from accounts.models import User
from realtime.log.streams import append, list_key
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import wait_until
from tests.sockets.people import retitle, token_of
from tests.support.running.servers import free_port
from tests.support.running.site import Site, running_site, shared_database_url
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience

ORIGIN = "/health"
"""A page of the site without any scripts of its own."""

Frame = dict[str, Any]

FOLLOW = """async ({ id, link, options }) => {
  const { WishlistClient } = await import("/static/js/wishlist-client.js");
  Object.assign(window, { told: [], states: [], client: new WishlistClient(undefined, options) });
  client.addEventListener("event", ({ detail }) => told.push(detail));
  client.addEventListener("state", ({ detail }) => states.push(detail));
  if (link) client.followPublic(link);
  else if (id) client.follow(id);
  client.start();
}"""

NAIVE = """(id) => {
  window.naive = [];
  const connect = () => {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/ws`);
    socket.onopen = () => socket.send(JSON.stringify({ event: "subscribe", wishlist_id: id }));
    socket.onmessage = ({ data }) => naive.push(JSON.parse(data));
    socket.onclose = () => setTimeout(connect, 100);
  };
  connect();
}"""

TITLED = "(title) => told.some((frame) => frame.item?.title === title)"
RESYNCED = "(count) => told.filter((frame) => frame.event === 'resync').length >= count"


def wait(page: Page, condition: str, argument: Any = None) -> None:
    wait_until(page, lambda: bool(page.evaluate(condition, argument)))


def received(page: Page) -> list[Frame]:
    frames: list[Frame] = page.evaluate("told")
    return [frame for frame in frames if "item" in frame]


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Site]:
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}
    with running_site(folder / "log", variables=own | {"REALTIME_LOOK_SECONDS": "0.3"}, port=port) as site:
        yield site


@pytest.mark.both
def test_client_loses_and_repeats_nothing_when_the_server_is_killed(
    open_window: OpenWindow, tmp_path: Path, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """The control is a client that only reconnects: it never gets what happened meanwhile."""
    port = free_port()
    with serving(tmp_path, port) as site:
        page = open_window(ORIGIN, by=bob, at=site)
        page.evaluate(FOLLOW, {"id": str(wishlist.pk)})
        page.evaluate(NAIVE, str(wishlist.pk))
        wait(page, RESYNCED, 1)
        wait(page, "naive.some((frame) => frame.event === 'subscribed')")
        retitle(item, "A")
        wait(page, TITLED, "A")
    for title in "BCD":
        retitle(item, title)
    with serving(tmp_path, port):
        wait(page, TITLED, "D")
        wait(page, "naive.filter((frame) => frame.event === 'subscribed').length > 1")
        retitle(item, "E")
        wait(page, TITLED, "E")
        wait(page, "naive.some((frame) => frame.item?.title === 'E')")
    assert [frame["item"]["title"] for frame in received(page)] == list("ABCDE")
    numbers = [frame["seq"] for frame in received(page)]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert page.evaluate("told.filter((frame) => frame.event === 'resync').length") == 1
    assert page.evaluate("naive.filter((frame) => frame.item).map((frame) => frame.item.title)") == ["A", "E"]


@pytest.mark.once
def test_one_resync_replaces_events_that_cannot_be_replayed(
    open_window: OpenWindow, wishlist: Wishlist, item: Item, bob: User
) -> None:
    page = open_window(ORIGIN, by=bob)
    line = Line(page)
    page.evaluate(FOLLOW, {"id": str(wishlist.pk)})
    wait(page, RESYNCED, 1)
    line.cut()
    wait(page, "states.at(-1).state === 'connecting'")
    retitle(item, "B")
    append({}, renewed=[list_key(wishlist.pk, Audience.GIVER)])
    line.mend()
    wait(page, RESYNCED, 2)
    retitle(item, "C")
    wait(page, TITLED, "C")
    snapshots = page.evaluate("told.filter((frame) => frame.event === 'resync')")
    assert [shown["snapshot"]["items"][0]["title"] for shown in snapshots] == ["Kettle", "B"]
    assert [frame["item"]["title"] for frame in received(page)] == ["C"]


class Line:
    """A connection between a page and the server that can be cut and restored."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.open: list[WebSocketRoute] = []
        page.route_web_socket("**/api/v1/ws", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close(code=4503)
        else:
            socket.connect_to_server()
            self.open.append(socket)

    def cut(self) -> None:
        self.is_cut = True
        self.open.pop().close(code=4503)

    def mend(self) -> None:
        self.is_cut = False


@pytest.mark.once
def test_client_asks_once_more_for_an_expired_token(
    open_window: OpenWindow, wishlist: Wishlist, item: Item, bob: User
) -> None:
    page = open_window(ORIGIN)
    page.evaluate(f"window.tokens = ['old', '{token_of(bob)}']")
    page.evaluate(
        FOLLOW.replace("undefined, options", "undefined, { token: async () => tokens.shift() }"),
        {"id": str(wishlist.pk)},
    )
    wait(page, RESYNCED, 2)
    kinds = page.evaluate(
        "told.filter((frame) => frame.event === 'resync').map((frame) => Object.keys(frame.snapshot))"
    )
    assert kinds == [["notifications"], ["wishlist", "items", "collections", "pot"]]
    retitle(item, "A")
    wait(page, TITLED, "A")
    assert page.evaluate("tokens.length") == 0


@pytest.mark.once
def test_control_client_stops_if_the_new_token_is_bad_too(open_window: OpenWindow) -> None:
    page = open_window(ORIGIN)
    page.evaluate(FOLLOW.replace("undefined, options", "undefined, { token: async () => 'old' }"), {})
    wait(page, "states.some(({ state, code }) => state === 'gone' && code === 4401)")


# --- a server that behaves as ours never would ----------------------------------------------------------------------


class Server:
    """Answers as the test tells it to, and records the requests."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[Frame] = []
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/api/v1/ws", self._accept)

    def _accept(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.asked.append(json.loads(text)))

    def tell(self, event: str, seq: int, **values: Any) -> None:
        frame = {"event": event, "wishlist_id": "w", "seq": seq} | values
        self.sockets[-1].send(json.dumps(frame))

    def positions(self, count: int) -> list[tuple[str, int]]:
        """Return the positions that the client named in its subscriptions."""
        wait_until(self.page, lambda: len(self.heard("subscribe")) >= count)
        return [(frame["epoch"], frame["since"]) for frame in self.heard("subscribe")]

    def heard(self, event: str) -> list[Frame]:
        return [frame for frame in self.asked if frame["event"] == event]


@pytest.fixture
def server(open_window: OpenWindow) -> Server:
    page = open_window(ORIGIN)
    made = Server(page)
    page.evaluate(FOLLOW, {"id": "w"})
    assert made.positions(1) == [("none", 0)]
    return made


def begin(server: Server) -> None:
    server.tell("subscribed", 3, epoch="e")
    server.tell("resync", 3, epoch="e", snapshot={})


def numbers(server: Server, last: int) -> list[int]:
    wait(server.page, "(last) => told.at(-1)?.seq === last", last)
    found: list[int] = server.page.evaluate("told.map(({ seq }) => seq)")
    return found


@pytest.mark.once
def test_client_asks_once_for_a_gap_and_hands_on_no_duplicate(server: Server) -> None:
    begin(server)
    for seq in (4, 4, 6, 7, 8, 5):
        server.tell("item_removed", seq)
    assert server.positions(2) == [("none", 0), ("e", 4)]
    server.tell("subscribed", 4, epoch="e")
    for seq in (5, 6, 7, 8, 9):
        server.tell("item_removed", seq)
    assert numbers(server, 9) == [3, 4, 5, 6, 7, 8, 9]
    assert len(server.positions(2)) == 2


@pytest.mark.once
def test_client_asks_for_events_up_to_a_later_head(server: Server) -> None:
    begin(server)
    server.tell("head", 3)
    server.tell("head", 5)
    assert server.positions(2) == [("none", 0), ("e", 3)]


@pytest.mark.once
def test_client_without_the_resync_does_not_claim_its_position(server: Server) -> None:
    server.tell("subscribed", 3, epoch="e")
    server.sockets[-1].close(code=4503)
    assert server.positions(2) == [("none", 0), ("none", 0)]


@pytest.mark.once
def test_client_acknowledges_what_it_has_read(server: Server) -> None:
    begin(server)
    server.tell("item_removed", 4)
    wait_until(server.page, lambda: bool(server.heard("ack")))
    assert server.heard("ack") == [{"event": "ack", "wishlist_id": "w", "seq": 4}]


@pytest.mark.once
def test_client_does_not_ask_again_for_a_withdrawn_list(server: Server) -> None:
    begin(server)
    server.tell("unsubscribed", 0, code=4403)
    wait(server.page, "states.at(-1).state === 'gone'")
    server.sockets[-1].close(code=4503)
    wait(server.page, "states.at(-1).state === 'connecting'")
    assert len(server.positions(1)) == 1


@pytest.mark.once
def test_client_retries_when_the_server_allows_it(server: Server) -> None:
    server.tell("error", 0, code="too_much_at_once", message="Later.", retry_after=1)
    assert server.positions(2) == [("none", 0), ("none", 0)]
    begin(server)
    server.tell("item_removed", 4)
    assert numbers(server, 4) == [3, 4]
