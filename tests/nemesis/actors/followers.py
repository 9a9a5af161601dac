"""Clients that keep a list up to date from events alone, and count everything that a client must never see."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

Frame = dict[str, Any]

PATIENCE_SECONDS = 5.0
NOWHERE = {"epoch": "nowhere", "since": 0}
"""A position that cannot be replayed, so everybody begins with one snapshot."""


@dataclass
class Follower:
    """One socket at a time; after a break, the next one.

    With `remembers` it sends `epoch` and `since` when it comes back. Without them it is the control, a client of a
    simple push: it gets only events that happen from then on.
    """

    audience: str
    sites: Sequence[str]
    hello: Sequence[Frame]
    subscribe: Frame
    remembers: bool = True

    epoch: str | None = None
    seq: int = 0
    items: dict[str, Frame] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    deliveries: int = 0
    gaps: int = 0
    doubles: int = 0
    snapshots: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    socket: ClientConnection | None = None

    def __post_init__(self) -> None:
        self.awake.set()

    async def sleep(self) -> None:
        """Disconnect, like a phone in a pocket, and return when the socket is closed. `wake` connects again."""
        self.awake.clear()
        self.gone.clear()
        if self.socket is not None:
            self.socket.transport.abort()
        await self.gone.wait()

    def wake(self) -> None:
        self.awake.set()

    async def follow(self) -> None:
        """Connect, and reconnect after each break, until cancelled."""
        dice = random.Random(id(self))
        turn = dice.randrange(len(self.sites))
        while True:
            url = self.sites[turn % len(self.sites)].replace("http", "ws", 1) + "/api/v1/ws"
            try:
                async with connect(
                    url, open_timeout=PATIENCE_SECONDS, proxy=None, close_timeout=0.1
                ) as self.socket:
                    await self._converse(self.socket)
            except (OSError, TimeoutError, InvalidHandshake, EOFError) as failure:
                self.ends[type(failure).__name__] += 1
            except ConnectionClosed as closed:
                self.ends[str(closed.rcvd.code) if closed.rcvd else "cut"] += 1
            turn += 1
            self.gone.set()
            await self.awake.wait()
            await asyncio.sleep(dice.uniform(0.05, 0.4))

    async def reached(self, seq: int) -> None:
        """Return when the follower has reached this number."""
        while self.seq < seq:
            self.moved.clear()
            await self.moved.wait()

    async def _converse(self, socket: ClientConnection) -> None:
        for message in self.hello:
            await socket.send(json.dumps(message))
        since: Frame = {"epoch": self.epoch, "since": self.seq} if self.remembers else {}
        await socket.send(json.dumps({**self.subscribe, **(since if self.epoch else NOWHERE)}))
        async for text in socket:
            frame = json.loads(text)
            if frame["event"] == "ping":
                await socket.send('{"event": "pong"}')
            elif frame.get("wishlist_id") and "seq" in frame:
                self._take(frame)

    def _take(self, frame: Frame) -> None:
        match frame["event"]:
            case "subscribed":
                return
            case "head":
                self.gaps += frame["seq"] > self.seq
                return
            case "resync":
                self.snapshots += 1
                self.epoch = frame["epoch"]
                self.items = {item["id"]: item for item in frame["snapshot"]["items"]}
            case "item_removed":
                self._number(frame["seq"])
                self.items.pop(frame["item_id"], None)
            case "item_added" | "item_updated":
                self._number(frame["seq"])
                item = frame["item"]
                self.items[item["id"]] = item
                self.marks |= {item["title"], item["reservation_message"] or ""}
        self.seq = frame["seq"]
        self.moved.set()

    def _number(self, seq: int) -> None:
        self.deliveries += 1
        self.gaps += seq > self.seq + 1
        self.doubles += seq <= self.seq

    def has(self, fresh: Sequence[Frame]) -> bool:
        """Return whether the follower holds exactly these items, in the same order."""
        mine = sorted(
            self.items.values(), key=lambda item: (item["position"], item["created_at"], item["id"])
        )
        return mine == list(fresh)
