"""Sockets of the contract test's people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.contract.support.people import Json, Person
from tests.support.socket_client import Frame, SocketClient

PATH = "/api/v1/ws"

Connect = Callable[..., SocketClient]
"""`connect(path, **options of websockets)` opens a socket that closes when the test ends."""


def signed_in(connect: Connect, person: Person) -> SocketClient:
    """Open a socket and identify it by message, the way that the docs name first."""
    ws = connect(PATH)
    assert ws.ask("auth", access_token=person.access)["event"] == "authenticated"
    return ws


def following(connect: Connect, person: Person, wishlist: Json) -> SocketClient:
    """Open a socket of this person that follows a list."""
    ws = signed_in(connect, person)
    assert ws.ask("subscribe", wishlist_id=wishlist["id"])["event"] == "subscribed"
    return ws


def by_link(connect: Connect, token: str) -> SocketClient:
    """Open an anonymous socket that follows the list behind a link."""
    ws = connect(PATH)
    assert ws.ask("subscribe_public", public_token=token)["event"] == "subscribed"
    return ws


@dataclass
class Stream:
    """The events of one list on a socket, and their position. Each event must have the next number."""

    ws: SocketClient
    wishlist_id: str
    epoch: str
    seq: int

    def hears(self, event: str) -> Frame:
        """Return the next event of the list, which must have this name and the next number."""
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
    """Subscribe, and return the stream."""
    reply = ws.ask("subscribe", wishlist_id=wishlist["id"], **values)
    assert reply["event"] == "subscribed"
    return Stream(ws, wishlist["id"], reply["epoch"], reply["seq"])


def public_stream(ws: SocketClient, wishlist: Json, token: str) -> Stream:
    reply = ws.ask("subscribe_public", public_token=token)
    assert (reply["event"], reply["public"]) == ("subscribed", True)
    return Stream(ws, wishlist["id"], reply["epoch"], reply["seq"])


def receive_in_inbox(ws: SocketClient, event: str) -> Frame:
    """Return the next event of that name in the person's inbox. Other events may come before it."""
    frame = ws.until(event)[-1]
    assert frame["stream"] == "inbox"
    assert type(frame["seq"]) is int
    return frame
