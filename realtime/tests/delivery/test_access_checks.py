"""Access checks judge every socket, whatever one of them does meanwhile (G8)."""

from __future__ import annotations

import asyncio
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from realtime.access import Person, Way
from realtime.delivery.access_checks import AccessChecks
from realtime.delivery.hub import Hub
from realtime.delivery.local_sockets import Follower, LocalSockets
from realtime.protocol import SocketError


class RefusedSocket(Follower):
    """A socket that remembers the error with which it was refused."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def refuse(self, error: SocketError, wishlist_id: uuid.UUID | None = None) -> None:
        self.refused.append(error.code)


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_socket_that_identifies_itself_during_a_check_does_not_stop_the_check_of_others() -> None:
    """Otherwise one socket that speaks at the right moments could keep all the others open."""
    local_sockets = LocalSockets(Hub())
    speaking, logged_out = RefusedSocket(), RefusedSocket()
    wishlist_id = uuid.uuid4()
    somebody = Person(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    followed: Any = SimpleNamespace(key="list", way=Way(wishlist_id), judge=lambda verdict: None)
    speaking.subscriptions[wishlist_id] = followed
    logged_out.person = somebody
    local_sockets.add(speaking)
    local_sockets.add(logged_out)
    checking = asyncio.create_task(AccessChecks(local_sockets).check())
    await asyncio.sleep(0)
    followed.way = Way(wishlist_id, somebody)
    await checking
    assert logged_out.refused == ["session_ended"]
