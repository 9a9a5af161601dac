"""A subscription takes one socket in one stream from nowhere, or from an earlier position, to live, without gaps or
duplicates.

The steps are always the same: join the group, read what was missed, write it, and go live if the hub has handed on
nothing meanwhile. Otherwise read again. Each time, after joining, access is checked again: whether the socket may
listen, and as which audience.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol
from uuid import UUID

from realtime.access import Person, Way, granted
from realtime.delivery.hub import Hub
from realtime.delivery.limited_links import NOWHERE, LimitedLinkAccess
from realtime.delivery.send_queue import SendQueue
from realtime.log.stream_reader import (
    Missed,
    Settling,
    Snapshot,
    read_inbox_snapshot,
    read_missed,
    read_snapshot,
)
from realtime.log.streams import Position, inbox_key, list_key
from realtime.protocol import Close, SocketError, frame
from wishlists.models.viewers import Audience

logger = logging.getLogger(__name__)

FRAMES_A_BREATH = 50
UNACKNOWLEDGED = 1_000
"""A client that sends acknowledgements and is this many events behind reads too slowly."""


class Socket(Protocol):
    send_queue: SendQueue

    def spend(self, length: int) -> None:
        """Charge the bytes that were read from storage for this socket."""

    def withdraw(self, subscription: ListSubscription, error: SocketError) -> None:
        """End this subscription with an error."""


class Subscription:
    """What subscriptions to lists and to the inbox share."""

    key: str

    def __init__(self, hub: Hub, socket: Socket) -> None:
        self._hub, self._socket = hub, socket
        self.write = socket.send_queue.write
        self.epoch, self.seq = NOWHERE, 0
        self.acknowledged: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, epoch: str | None, since: int | None) -> None:
        """Return when the subscription is live, after writing `subscribed` and the events that were missed. Raises a
        SocketError if access is refused."""
        await self._catch_up(epoch, since, announce=True)

    def recover(self) -> None:
        """Read the events after the current position, and go live again."""
        self._restart(self.epoch, self.seq)

    def end(self) -> None:
        """Write nothing more. The last subscription to end takes the hub out of the group."""
        if self._task is not None:
            self._task.cancel()
        self._hub.leave(self.key, self)

    @property
    def reads_too_slowly(self) -> bool:
        return self.acknowledged is not None and self.seq - self.acknowledged > UNACKNOWLEDGED

    def head_frame(self) -> str:
        raise NotImplementedError

    def _announcement(self, position: Position) -> str:
        raise NotImplementedError

    async def _open(self, first: bool) -> None:
        """Allow a snapshot to be shown; `first` says whether it is the first. Raises a SocketError if it may not be
        shown."""

    def _shown(self, snapshot: Snapshot) -> str:
        return snapshot.text

    def _snapshot_reader(self) -> Callable[[], Snapshot]:
        raise NotImplementedError

    async def _settle(self, epoch: str | None, since: int | None) -> Missed:
        """Join the group, and read what was missed."""
        await self._hub.join(self.key, self)
        return await self._hub.database.run(read_missed, self.key, epoch, since)

    async def _catch_up(self, epoch: str | None, since: int | None, *, announce: bool = False) -> None:
        while True:
            missed = await self._settle(epoch, since)
            position, texts = missed.position, [text for _, text in missed.events or ()]
            if missed.events is None:
                await self._open(announce)
                snapshot = await self._hub.snapshot(self.key, self._snapshot_reader())
                position, texts = snapshot.position, [self._shown(snapshot)]
            self._socket.spend(sum(map(len, texts)))
            if announce:
                start = position.seq - len(missed.events or ())
                self.write(self._announcement(Position(position.epoch, start)))
                announce = False
            await self._write_all(texts)
            self.epoch, self.seq = position.epoch, position.seq
            if self._hub.go_live(self):
                return
            if self.epoch != self._hub.groups[self.key].epoch:
                await self._hub.next_look(self.key)
            epoch, since = self.epoch, self.seq

    async def _write_all(self, texts: list[str]) -> None:
        """Write the texts. A long replay waits for its own socket, and for no other."""
        for start in range(0, len(texts), FRAMES_A_BREATH):
            self._socket.send_queue.write_all(texts[start : start + FRAMES_A_BREATH])
            if start + FRAMES_A_BREATH < len(texts):
                await self._socket.send_queue.flush()

    def _restart(self, epoch: str, since: int) -> None:
        self._hub.pause(self)
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._try_to_catch_up(epoch, since))

    async def _try_to_catch_up(self, epoch: str, since: int) -> None:
        try:
            await self._catch_up(epoch, since)
        except SocketError as error:
            self._refused(error)
        except Exception:
            logger.exception("A socket couldn't catch up. Its client is asked to reconnect.")
            self._socket.send_queue.close(Close.COME_BACK)

    def _refused(self, error: SocketError) -> None:
        self._socket.send_queue.close(error.close or Close.COME_BACK)


class InboxSubscription(Subscription):
    """A subscription to a person's own inbox. The person has proved who they are, and access checks watch their
    session."""

    def __init__(self, hub: Hub, socket: Socket, person: Person) -> None:
        super().__init__(hub, socket)
        self._person = person
        self.key = inbox_key(person.user_id)

    def head_frame(self) -> str:
        return frame("head", stream="inbox", seq=self.seq)

    def _announcement(self, position: Position) -> str:
        return frame("authenticated", user_id=self._person.user_id, epoch=position.epoch, seq=position.seq)

    def _snapshot_reader(self) -> Callable[[], Snapshot]:
        return partial(read_inbox_snapshot, self.key, self._person.user_id)


class ListSubscription(Subscription):
    """A subscription to a list, as the audience that the way leads to."""

    def __init__(
        self,
        hub: Hub,
        socket: Socket,
        way: Way,
        audience: Audience,
        link_access: LimitedLinkAccess | None = None,
    ) -> None:
        super().__init__(hub, socket)
        self.way, self._link_access = way, link_access
        self._set_audience(audience)

    @property
    def wishlist_id(self) -> UUID:
        return self.way.wishlist_id

    def head_frame(self) -> str:
        return frame("head", wishlist_id=self.wishlist_id, seq=self.seq)

    def judge(self, verdict: Audience | SocketError) -> None:
        """Apply the result of an access check. Another audience is another stream, so no more frames of the old stream
        are sent."""
        if isinstance(verdict, SocketError):
            self._refused(verdict)
        elif verdict != self.audience:
            self._move(verdict)
            self._restart(NOWHERE, 0)

    def become(self, person: Person) -> None:
        """The socket has identified itself. Send it nothing until it is known what that person may see."""
        self.way = replace(self.way, person=person)
        self.recover()

    def _set_audience(self, audience: Audience) -> None:
        self.audience = audience
        self.key = list_key(self.wishlist_id, audience)

    def _move(self, audience: Audience) -> None:
        self._hub.leave(self.key, self)
        self._set_audience(audience)

    def _refused(self, error: SocketError) -> None:
        self._socket.withdraw(self, error)

    def _announcement(self, position: Position) -> str:
        public = True if self.way.link_id else None
        epoch = self._link_access.signed_epoch(position) if self._link_access else position.epoch
        return frame("subscribed", wishlist_id=self.wishlist_id, public=public, epoch=epoch, seq=position.seq)

    async def start(self, epoch: str | None, since: int | None) -> None:
        if self._link_access is not None:
            epoch, since = self._link_access.known(epoch, since)
        await super().start(epoch, since)

    async def _open(self, first: bool) -> None:
        """A client that already listens need not open the link again."""
        if first and self._link_access is not None:
            await self._hub.database.run(self._link_access.open)

    def _shown(self, snapshot: Snapshot) -> str:
        """Return the snapshot's frame, with this client's own signed position."""
        if self._link_access is None:
            return snapshot.text
        said, signed_epoch = (
            f'"epoch":"{snapshot.position.epoch}"',
            self._link_access.signed_epoch(snapshot.position),
        )
        return snapshot.text.replace(said, f'"epoch":"{signed_epoch}"', 1)

    def _snapshot_reader(self) -> Callable[[], Snapshot]:
        return partial(read_snapshot, self.key, self.wishlist_id, self.audience)

    async def _settle(self, epoch: str | None, since: int | None) -> Missed:
        """Join the group, then check again who this is: it may have changed before joining, when nobody listened."""
        while True:
            await self._hub.join(self.key, self)
            verdict, missed = await self._hub.settling.ask(Settling(self.way, self.key, epoch, since))
            audience = granted(verdict)
            if audience == self.audience and missed is not None:
                return missed
            self._move(audience)
            epoch, since = (NOWHERE, 0) if since is not None else (None, None)
