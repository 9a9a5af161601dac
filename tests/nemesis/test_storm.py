"""After a restart everybody comes back at once, and gets the missed events by replay instead of a snapshot."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.models import User
from realtime.log.streams import Position, append, list_key, position_of
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.nemesis.actors.raw import Frames, handshake, masked
from tests.nemesis.length import LONG, shown
from tests.support.running.live import StartSite
from wishlists.access.audience import sight_of
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience
from wishlists.projections.items import project_items

pytestmark = pytest.mark.django_db(transaction=True)

SOCKETS, MISSED = (1_000, 1_000) if LONG else (200, 300)
CURRENT_SECONDS = 15.0
FROM_ONE_ADDRESS = {
    "MAX_CONNECTIONS_PER_ADDRESS": "2000",
    "SOCKETS_PER_ADDRESS": "2000",
    "SOCKETS_PER_LINK": "2000",
    "SNAPSHOT_BYTES_PER_ADDRESS": "4000000000",
}
"""Settings that allow a thousand sockets from this one machine (docs/bounds.md)."""

LOST_SECONDS = 60.0
"""The full run waits up to this long, to see by how much a bound was missed."""

NUMBERED = re.compile(rb'^\{"event":"item_updated","seq":(\d+),')


@dataclass
class Tally:
    """The results of all sockets together."""

    current: int = 0
    resyncs: int = 0
    wrong: int = 0
    lost: int = 0
    length: int = 0


class Returning(asyncio.Protocol):
    """A client that was at `since` and must reach `head`. It does very little for each frame, because there are a
    million."""

    def __init__(self, port: int, hello: bytes, since: int, head: int, tally: Tally) -> None:
        self._port, self._hello, self._seq, self._head, self._tally = port, hello, since, head, tally
        self._frames: Frames | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(handshake(self._port))

    def data_received(self, data: bytes) -> None:
        self._tally.length += len(data)
        if self._frames is None:
            head, _, data = data.partition(b"\r\n\r\n")
            assert b" 101 " in head, head
            self._frames = Frames()
            self._transport.write(self._hello)
        for _, payload in self._frames.feed(data):
            if found := NUMBERED.match(payload):
                self._tally.wrong += int(found[1]) != self._seq + 1
                self._seq = int(found[1])
            elif payload.startswith(b'{"event":"resync"'):
                self._tally.resyncs += 1
        if self._seq >= self._head and not self.done.done():
            self._tally.current += 1
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._tally.lost += 1
            self.done.set_result(None)

    def close(self) -> None:
        self._transport.abort()


@pytest.mark.parametrize("server", ["daphne", "uvicorn"] if LONG else ["daphne"])
def test_a_thousand_sockets_resume_at_once_by_replay(
    start_site: StartSite, wishlist: Wishlist, item: Item, alice: User, server: str
) -> None:
    site = start_site(REALTIME_LOOK_SECONDS="2", SERVER=server, **FROM_ONE_ADDRESS)
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    key = list_key(wishlist.pk, Audience.PUBLIC)
    known = position_of(key)
    tell(key, wishlist)
    tally = Tally()
    before = cpu_seconds(site.process.pid)
    began, worked = time.monotonic(), time.process_time()
    asyncio.run(storm(site.port, link_token(link), known, tally))
    took, worked = time.monotonic() - began, time.process_time() - worked
    server_worked = cpu_seconds(site.process.pid) - before
    shown(
        f"\n{server}: {SOCKETS} sockets × {MISSED} missed events, {tally.length / 2**20:.0f} MiB: all current "
        f"after {took:.1f} s (CPU: server {server_worked:.1f} s, clients {worked:.1f} s); {tally}"
    )
    assert tally == Tally(current=SOCKETS, length=tally.length)
    assert took <= CURRENT_SECONDS


def tell(key: str, wishlist: Wishlist) -> None:
    """Append this many events, each with a whole item."""
    items = Item.objects.filter(wishlist=wishlist)
    (item,) = project_items(items, wishlist, sight_of(Audience.PUBLIC, wishlist))
    body = {"event": "item_updated", "wishlist_id": wishlist.pk}
    append({key: [body | {"item": item | {"title": f"Kettle {number}"}} for number in range(MISSED)]})


async def storm(port: int, token: str, known: Position, tally: Tally) -> None:
    loop = asyncio.get_running_loop()
    since = {"epoch": known.epoch, "since": known.seq}
    message = {"event": "subscribe_public", "public_token": token} | since
    hello = masked(json.dumps(message).encode())
    returning: list[Returning] = []

    def another() -> Returning:
        returning.append(Returning(port, hello, known.seq, known.seq + MISSED, tally))
        return returning[-1]

    await asyncio.gather(*(loop.create_connection(another, "127.0.0.1", port) for _ in range(SOCKETS)))
    await asyncio.wait([one.done for one in returning], timeout=LOST_SECONDS)
    for one in returning:
        one.close()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process so far. Unlike wall time, it doesn't depend on what else the machine does."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
