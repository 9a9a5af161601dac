"""The hub reads new events and writes them to this process's sockets. Each process has one, in its server's event
loop.

It joins a stream's group while a socket here listens to it. On a hint, and every few seconds without one, it reads the
new events once and writes the ready text to each socket. It never waits for a socket. A failed look ends nothing: the
next one finds the same events.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.conf import settings

from realtime.access import judge, ways_by_links
from realtime.delivery.batching import Batcher
from realtime.delivery.membership import Membership
from realtime.delivery.threads import DatabaseThreads
from realtime.log.hints import ACCESS_GROUP
from realtime.log.stream_reader import Snapshot, StreamUpdate, read_settling, read_updates
from realtime.log.streams import Position

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0


class Listener(Protocol):
    """A subscription as the hub knows it: how far it has come, and where to write the events that follow."""

    key: str
    epoch: str
    seq: int

    def write(self, text: str) -> None:
        """Write a frame to the socket. Never waits."""

    def recover(self) -> None:
        """Read the events that follow from the database. The hub cannot hand them on, so this listener is not live any
        more."""


class Group:
    """The listeners of one stream. Listeners in `live` have everything up to `seq` at least."""

    def __init__(self) -> None:
        self.members: set[Listener] = set()
        self.live: set[Listener] = set()
        self.epoch: str | None = None
        self.seq = 0

    def apply(self, update: StreamUpdate) -> None:
        """Write new events to the live listeners. If that would leave a gap, let each listener read for itself."""
        numbers = [seq for seq, _ in update.events]
        if update.epoch == self.epoch and numbers == list(
            range(self.seq + 1, self.seq + 1 + (len(numbers) or 1))
        ):
            self._fan_out(update)
            return
        self.epoch, self.seq = update.epoch, update.head
        for listener in tuple(self.live):
            if (listener.epoch, listener.seq) != (update.epoch, update.head):
                self.live.discard(listener)
                listener.recover()

    def _fan_out(self, update: StreamUpdate) -> None:
        """Write to every live socket. This is the only loop over sockets: it encodes nothing, waits for nothing and
        never fails."""
        self.seq = update.events[-1][0]
        for listener in tuple(self.live):
            for seq, text in update.events:
                # A listener that went live a moment ago may have read further than the hub.
                if seq > listener.seq:
                    listener.write(text)
            listener.seq = max(listener.seq, self.seq)


class Hub:
    """See the module. Everything but `database` belongs to the event loop."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.database = DatabaseThreads("realtime", 2)
        self.links = Batcher(self.database, ways_by_links)
        self.ways = Batcher(self.database, judge)
        self.settling = Batcher(self.database, read_settling)
        self._looker = DatabaseThreads("realtime-look", 1)
        self._membership = Membership(self._on_hint)
        self._hinted: set[str] = set()
        self._woken = asyncio.Event()
        self._looked = asyncio.Event()
        self._looking_now = asyncio.Lock()
        self._snapshots: dict[str, asyncio.Task[Snapshot]] = {}
        self.access_changed = asyncio.Event()

    async def run(self) -> None:
        """Look for new events until the process ends."""
        await asyncio.gather(
            self._membership.keep(), self._membership.join(ACCESS_GROUP), self._look_always()
        )

    async def join(self, key: str, listener: Listener) -> None:
        """Add a listener to the stream's group. The first listener makes the hub join the group in the channel layer."""
        self.groups.setdefault(key, Group()).members.add(listener)
        await self._membership.join(key)

    def leave(self, key: str, listener: Listener) -> None:
        """Remove a listener from the stream's group. After the last one, the hub leaves the group in the channel
        layer."""
        group = self.groups.get(key)
        if group is None:
            return
        group.live.discard(listener)
        group.members.discard(listener)
        if not group.members:
            del self.groups[key]
            self._membership.leave(key)

    def pause(self, listener: Listener) -> None:
        if group := self.groups.get(listener.key):
            group.live.discard(listener)

    def go_live(self, listener: Listener) -> bool:
        """Let the hub write all following events to this listener. Return False if it has to read again, because the
        hub has handed on events since it read.

        Nothing is awaited between the comparison of the numbers and the switch, so no event is missed or sent twice.
        """
        group = self.groups[listener.key]
        if group.epoch is None:
            group.epoch, group.seq = listener.epoch, listener.seq
        if listener.epoch != group.epoch or listener.seq < group.seq:
            return False
        group.live.add(listener)
        if listener.seq > group.seq:
            self.hint([listener.key])
        return True

    def hint(self, keys: Iterable[str]) -> None:
        """Look at these streams soon."""
        self._hinted.update(keys)
        self._woken.set()

    async def next_look(self, key: str) -> None:
        """Wait until the hub has looked at this stream."""
        self.hint([key])
        await self._looked.wait()

    async def snapshot(self, key: str, read: Callable[[], Snapshot]) -> Snapshot:
        """Return a snapshot of the stream. Listeners that ask at the same time share one; if it is too old for a
        listener, it asks again."""
        task = self._snapshots.get(key)
        if task is None:
            task = self._snapshots[key] = asyncio.create_task(self.database.run(read))
            task.add_done_callback(lambda _: self._snapshots.pop(key, None))
        return await asyncio.shield(task)

    async def look(self, keys: Iterable[str]) -> None:
        """Read the new events of these streams and write them to the listeners."""
        async with self._looking_now:
            known = {}
            for key in keys:
                group = self.groups.get(key)
                if group is not None and group.epoch is not None:
                    known[key] = Position(group.epoch, group.seq)
            if not known:
                return
            update, complete = await self._looker.run(read_updates, known)
            for one in update:
                if group := self.groups.get(one.key):
                    group.apply(one)
            if not complete:
                self.hint(known)

    def _on_hint(self, message: dict[str, Any]) -> None:
        if message.get("type") == "access.hint":
            self.access_changed.set()
            return
        group = self.groups.get(message["key"])
        # The head may be the same and the epoch new.
        if group is not None and message["head"] >= group.seq:
            self.hint([message["key"]])

    async def _look_always(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            period = settings.REALTIME_LOOK_SECONDS
            try:
                await asyncio.wait_for(self._woken.wait(), max(0, due - loop.time()) if period else None)
            except TimeoutError:
                due = loop.time() + period
                self._hinted.update(self.groups)
            self._woken.clear()
            await self._look_at_hinted()

    async def _look_at_hinted(self) -> None:
        hinted, self._hinted = self._hinted, set()
        try:
            await self.look(hinted)
        except Exception as failure:
            logger.warning("The streams couldn't be read. Trying again: %r", failure)
            await asyncio.sleep(AGAIN_SECONDS)
            self.hint(hinted)
        else:
            done, self._looked = self._looked, asyncio.Event()
            done.set()
