"""People at their sockets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.contract.support.people import Json, Person
from tests.support.socket_client import Frame, SocketClient

PATH = "/api/v1/ws"

Connect = Callable[..., SocketClient]
"""`connect(path, **options of websockets)` opens a socket that ends with the test."""


def signed_in(connect: Connect, person: Person) -> SocketClient:
    """A socket that has said who it is, as we document first: by message."""
    ws = connect(PATH)
    assert ws.ask("auth", access_token=person.access)["event"] == "authenticated"
    return ws


def following(connect: Connect, person: Person, wishlist: Json) -> SocketClient:
    """A person's socket that follows a list."""
    ws = signed_in(connect, person)
    assert ws.ask("subscribe", wishlist_id=wishlist["id"])["event"] == "subscribed"
    return ws


def by_link(connect: Connect, token: str) -> SocketClient:
    """A nameless socket that follows the list behind a link."""
    ws = connect(PATH)
    assert ws.ask("subscribe_public", public_token=token)["event"] == "subscribed"
    return ws


@dataclass
class Stream:
    """What a socket hears of one list, and how far it has come: each event is the next, none is left out."""

    ws: SocketClient
    wishlist_id: str
    epoch: str
    seq: int

    def hears(self, event: str) -> Frame:
        """The very next event of the list, which has that name and the next number."""
        frame = self._next()
        assert (frame["event"], frame.get("wishlist_id"), frame.get("seq")) == (
            event,
            self.wishlist_id,
            self.seq + 1,
        ), frame
        self.seq += 1
        return frame

    def _next(self) -> Frame:
        while (frame := self.ws.next()).get("stream") == "inbox":
            pass
        return frame


def stream(ws: SocketClient, wishlist: Json, **values: Any) -> Stream:
    """Subscribes."""
    said = ws.ask("subscribe", wishlist_id=wishlist["id"], **values)
    assert said["event"] == "subscribed"
    return Stream(ws, wishlist["id"], said["epoch"], said["seq"])


def public_stream(ws: SocketClient, wishlist: Json, token: str) -> Stream:
    said = ws.ask("subscribe_public", public_token=token)
    assert (said["event"], said["public"]) == ("subscribed", True)
    return Stream(ws, wishlist["id"], said["epoch"], said["seq"])


def inbox_hears(ws: SocketClient, event: str) -> Frame:
    """The next event of that name in somebody's inbox. Others may come between."""
    frame = ws.until(event)[-1]
    assert frame["stream"] == "inbox"
    assert type(frame["seq"]) is int
    return frame
