"""An idle socket stays open, longer than layers, pools and proxies usually keep idle connections."""

from __future__ import annotations

import time

import pytest

from accounts.models import User
from tests.nemesis.length import LONG
from tests.sockets.people import following, retitle, titles
from tests.support.running.live import OpenSocket, StartSite
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.django_db(transaction=True)

IDLE_SECONDS = 70 if LONG else 8


def test_idle_socket_still_gets_the_next_event(
    start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """The client neither answers the server's `ping` nor acknowledges events. It sends nothing at all."""
    sites = [start_site(REALTIME_LOOK_SECONDS="2", SERVER=server) for server in ("daphne", "uvicorn")]
    idle = [following(connect, bob, wishlist, to=site) for site in sites]
    time.sleep(IDLE_SECONDS)
    retitle(item, "Still there")
    assert [titles(ws, "Still there") for ws in idle] == [["Still there"]] * len(sites)
