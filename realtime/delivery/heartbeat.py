"""Send a heartbeat to all sockets: the heads of their streams, and a ping."""

from __future__ import annotations

import asyncio
import time

from realtime.delivery.local_sockets import LocalSockets
from realtime.delivery.subscriptions import InboxSubscription, ListSubscription
from realtime.protocol import Close, frame

BEAT_SECONDS = 25.0


class Heartbeat:
    """One timer for all sockets of this process."""

    def __init__(self, sockets: LocalSockets) -> None:
        self._sockets = sockets

    async def run(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.beat()

    def beat(self) -> None:
        """Send `head` to every listener, so that a client notices lost events within 30 s, and `ping` to every socket."""
        for group in self._sockets.hub.groups.values():
            text, at = "", -1
            for listener in tuple(group.live):
                if not isinstance(listener, InboxSubscription | ListSubscription):
                    continue
                if listener.seq != at:
                    text, at = listener.head_frame(), listener.seq
                listener.write(text)
        ping = frame("ping", ts=int(time.time() * 1000))
        for follower in tuple(self._sockets.followers):
            if any(one.reads_too_slowly for one in follower.subscriptions.values()):
                follower.send_queue.close(Close.TOO_SLOW)
            follower.send_queue.write(ping)
