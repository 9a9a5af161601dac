"""A socket on which nothing happens lives: longer than layers, pools and proxies like to let idle connections live."""

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


def test_who_says_nothing_and_is_told_nothing_is_told_what_happens_then(
    start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """It neither answers the server's `ping` nor acknowledges; of its own accord it only is there."""
    sites = [start_site(REALTIME_LOOK_SECONDS="2", SERVER=server) for server in ("daphne", "uvicorn")]
    idle = [following(connect, bob, wishlist, to=site) for site in sites]
    time.sleep(IDLE_SECONDS)
    retitle(item, "Still there")
    assert [titles(ws, "Still there") for ws in idle] == [["Still there"]] * len(sites)
