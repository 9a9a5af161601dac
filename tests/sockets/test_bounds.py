"""Bounds of sockets: how long they may stay unidentified, how far a client may fall behind, and how a stopping server
says goodbye."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from realtime.delivery.send_queue import CHARACTERS
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.nemesis.actors.raw import Raw, masked
from tests.sockets.people import bearer, by_link, following, retitle, signed_in, titles
from tests.support.running.live import OpenSocket, StartSite
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, SECONDS, SocketClient, kernel_keeps
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.django_db(transaction=True)

FRAME_BYTES = 900_000
OTHERS = 50


def test_unidentified_socket_is_closed_after_ten_seconds_and_an_idle_one_stays(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """The core layer of channels-redis would have ended the idle socket after five seconds (stack.md, trap 1)."""
    nobody, idle = connect(), following(connect, bob, wishlist)
    start = time.monotonic()
    assert nobody.next()["code"] == "not_identified"
    assert nobody.closed() == 4408
    assert time.monotonic() - start > 8
    retitle(item, "Still there")
    assert titles(idle, "Still there") == ["Still there"]


def test_client_that_reads_nothing_is_closed_and_nobody_waits_for_it(
    site: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, link: PublicLink, alice: User
) -> None:
    """The server buffers without a bound (trap 11), so the bound is ours.

    Each change waits until all other sockets have the one before. If a write or another socket waited for the client
    that reads nothing, it would wait for ever. Then the wait of `SECONDS` would fail, however busy the machine is.
    """
    sleeper = by_link(connect, link, narrow=True)
    item.description = "x" * FRAME_BYTES
    item.save(update_fields=["description"])
    assert len(sleeper.next()["item"]["description"]) == FRAME_BYTES, "until here it reads"
    changes = asyncio.run(_change_beside_the_sleeper(site, link, item, bearer(alice)))
    received, code = _read_to_the_end(sleeper)
    # Dropping the connection after the close also discards frames that had arrived and were not read.
    assert received < changes
    assert code in (4430, None)


async def _change_beside_the_sleeper(site: Site, link: PublicLink, item: Item, alice: dict[str, str]) -> int:
    """Change the item until the client that reads nothing is past the bound, with fifty others listening. Return the
    number of changes."""
    changes = (CHARACTERS + kernel_keeps()) // FRAME_BYTES + 3
    url = f"{site.url}/api/v1/items/{item.pk}"
    readers = [await _reader(site, link) for _ in range(OTHERS)]
    async with httpx.AsyncClient(verify=NO_TLS, trust_env=False, timeout=SECONDS, headers=alice) as client:
        for number in range(changes):
            answer = await client.patch(url, json={"title": f"Kettle {number}"})
            assert answer.status_code == 200, answer.text[:200]
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(
                    *(_wait_for(reader, f'"Kettle {number}"'.encode()) for reader in readers)
                )
    for reader in readers:
        reader.close()
    return changes


async def _reader(site: Site, link: PublicLink) -> Raw:
    raw = await Raw.open(site.port)
    hello = {"event": "subscribe_public", "public_token": link_token(link)}
    raw.send(masked(json.dumps(hello).encode()))
    await _wait_for(raw, b'"subscribed"')
    return raw


async def _wait_for(raw: Raw, words: bytes) -> None:
    while words not in await raw.next():
        pass


def _read_to_the_end(ws: SocketClient) -> tuple[int, int | None]:
    """Read to the end. Return how many changes were still under way, and the close code after them."""
    received = 0
    try:
        while True:
            received += "Kettle " in ws.next().get("item", {}).get("title", "")
    except ConnectionClosed as closed:
        return received, closed.rcvd.code if closed.rcvd else None


def test_stopping_server_asks_clients_to_come_back(
    start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, bob: User
) -> None:
    stopped: Site = start_site(REALTIME_LOOK_SECONDS="1.5")
    ws = following(connect, bob, wishlist, to=stopped)
    assert stopped.stop(signal.SIGINT) == 0
    assert ws.closed() == 4503
    assert "Traceback" not in stopped.output()
    assert "never" not in stopped.output()


def test_mangled_messages_are_answered_and_never_cause_a_server_error(
    connect: OpenSocket, wishlist: Wishlist, bob: User
) -> None:
    """A small fuzz of mangled messages. The autouse fixture fails if the log has a traceback."""
    dice = random.Random(7)
    messages = [
        f'{{"event": "subscribe", "wishlist_id": "{wishlist.pk}", "epoch": "abc", "since": 3}}',
        '{"event": "auth", "access_token": "a.b.c"}',
        '{"event": "subscribe_public", "public_token": "abc"}',
        '{"event": "ack", "seq": 12}',
        '{"event": "unsubscribe", "wishlist_id": "x"}',
    ]
    codes: set[int | None] = set()
    for _ in range(30):
        ws = signed_in(connect, bob)
        for _ in range(10):
            text = list(dice.choice(messages))
            for _ in range(dice.randrange(4)):
                text[dice.randrange(len(text))] = chr(dice.choice([0, 34, 123, 44, 255, 0x1F600, 48]))
            ws.send_text("".join(text))
        codes.add(ws.closed_or_open())
    assert codes <= {None, 4400, 4401, 4404}
