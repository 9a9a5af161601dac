"""The hub is in a stream's group in Redis exactly as long as a socket here listens to the stream."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import redis
from django.conf import settings

from accounts.models import User
from realtime.log.streams import list_key
from tests.sockets.people import following
from tests.support.running.live import OpenSocket
from tests.support.socket_client import SECONDS
from wishlists.models import Wishlist
from wishlists.models.viewers import Audience

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listened_to(wishlist: Wishlist) -> Callable[[Audience], bool]:
    client = redis.Redis.from_url(settings.REDIS_URL)

    def ask(audience: Audience) -> bool:
        group = f"{settings.CHANNEL_PREFIX}__group__{list_key(wishlist.pk, audience)}"
        return bool(client.pubsub_channels(group))

    return ask


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_hub_joins_with_the_first_listener_and_leaves_with_the_last(
    connect: OpenSocket, wishlist: Wishlist, bob: User, listened_to: Callable[[Audience], bool]
) -> None:
    assert not listened_to(Audience.GIVER)
    first = following(connect, bob, wishlist)
    assert listened_to(Audience.GIVER)
    second = following(connect, bob, wishlist)
    assert first.ask("unsubscribe", wishlist_id=wishlist.pk)["event"] == "unsubscribed"
    assert first.is_silent()
    assert listened_to(Audience.GIVER)
    second.socket.close()
    assert soon(lambda: not listened_to(Audience.GIVER))
    assert not listened_to(Audience.RECIPIENT)
