"""No frame causes a server error (G15): the server answers it or ends that socket, and keeps no memory of it."""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.nemesis.actors.raw import Raw, masked
from tests.nemesis.fuzz import Fuzzer
from tests.nemesis.length import LONG, shown
from tests.sockets.people import token_of
from tests.support.running.live import StartSite
from tests.support.running.site import Site
from wishlists.models import Wishlist

pytestmark = pytest.mark.django_db(transaction=True)

FRAMES = 20_000 if LONG else 3_000
AT_ONCE = 8
BATCH = 6
BATCHES_A_SOCKET = 4
"""Few enough that some sockets survive: five unreadable frames end one."""

GROWTH = 8 * 1024
"""The most KiB that the process may grow between the first third of the frames and the last frame."""


@pytest.mark.parametrize("server", ["daphne", "uvicorn"] if LONG else ["daphne"])
def test_no_frame_causes_a_server_error(
    start_site: StartSite, wishlist: Wishlist, alice: User, bob: User, server: str
) -> None:
    site = start_site(
        # As in production: in debug mode Django remembers thousands of statements.
        DEBUG="0",
        SECRET_KEY=settings.SECRET_KEY,
        JWT_SECRET_KEY=settings.JWT_SECRET_KEY,
        LINK_SECRET=settings.LINK_SECRET,
        REALTIME_LOOK_SECONDS="1",
        SERVER=server,
    )
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    known = {"wishlist_id": str(wishlist.pk), "public_token": link_token(link), "access_token": token_of(bob)}
    hello = json.dumps({"event": "auth", "access_token": token_of(bob)}).encode()
    codes, sizes = asyncio.run(_rush(site, Fuzzer(20_000, known), hello))
    shown(f"\n{server}: {FRAMES} fuzzed frames, sockets ended {dict(codes)}, RSS (KiB) {sizes}")
    assert site.process.poll() is None
    assert "Traceback" not in site.output(), site.output()
    assert 1011 not in codes
    # Otherwise all frames would have been refused by the first checks.
    assert codes[None] > FRAMES / 1_000, codes
    assert {4400, 4401} <= codes.keys(), codes
    assert max(sizes[2:]) - sizes[1] < GROWTH


async def _rush(site: Site, fuzzer: Fuzzer, hello: bytes) -> tuple[Counter[int | None], list[int]]:
    """Send the frames in thirds, to separate memory that a process needs once from memory that it needs each time."""
    codes: Counter[int | None] = Counter()
    sizes = [_resident(site)]
    for _ in range(3):
        turns = itertools.count()
        budget = _Budget(FRAMES // 3)
        await asyncio.gather(
            *(_fuzz(site, fuzzer, hello, budget, codes, turns) for _ in range(AT_ONCE)),
        )
        sizes.append(_resident(site))
    return codes, sizes


class _Budget:
    """The frames still to send, and how sockets ended."""

    def __init__(self, left: int) -> None:
        self.left = left


async def _fuzz(
    site: Site,
    fuzzer: Fuzzer,
    hello: bytes,
    budget: _Budget,
    codes: Counter[int | None],
    turns: Iterator[int],
) -> None:
    """Open socket after socket, every other one as Bob, until enough frames are sent."""
    while budget.left > 0:
        raw = await Raw.open(site.port)
        if next(turns) % 2:
            raw.send(masked(hello))
        try:
            for _ in range(BATCHES_A_SOCKET):
                # Frames after the one that ended the socket were never read.
                budget.left -= 1
                raw.send(b"".join(fuzzer.frame() for _ in range(BATCH)))
                await asyncio.wait_for(_answered(raw), 20)
                budget.left -= BATCH - 1
        except EOFError:
            pass
        codes[raw.code] += 1
        raw.close()


async def _answered(raw: Raw) -> None:
    """The server has read all frames before, and still answers."""
    mark = str(uuid.uuid4())
    raw.send(masked(json.dumps({"event": "unsubscribe", "wishlist_id": mark}).encode()))
    while mark.encode() not in await raw.next():
        pass


def _resident(site: Site) -> int:
    """Return the resident memory of the process in KiB."""
    status = Path(f"/proc/{site.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
