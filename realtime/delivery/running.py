"""Run delivery in this process: one hub for all its sockets, their access checks and their heartbeat."""

from __future__ import annotations

import asyncio

from realtime.delivery.access_checks import AccessChecks
from realtime.delivery.heartbeat import Heartbeat
from realtime.delivery.hub import Hub
from realtime.delivery.local_sockets import LocalSockets


class Delivery:
    """Starts with the first socket of an event loop and never stops."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.hub = Hub()
        self.sockets = LocalSockets(self.hub)
        self.access_checks = AccessChecks(self.sockets)
        timers = (self.hub.run(), self.access_checks.run(), Heartbeat(self.sockets).run())
        self._tasks = [loop.create_task(timer) for timer in timers]


_deliveries: dict[asyncio.AbstractEventLoop, Delivery] = {}


def delivery_of(loop: asyncio.AbstractEventLoop) -> Delivery:
    """Return the delivery of this event loop. A process has one event loop, except in tests."""
    if loop not in _deliveries:
        _deliveries[loop] = Delivery(loop)
    return _deliveries[loop]
