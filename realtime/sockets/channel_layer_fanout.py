"""Fan out as Channels usually does, behind a switch (`REALTIME_FANOUT=channels`), to measure the hub against.

docs/adr/0001-one-hub-per-process.md says why it is not the default.

Each socket has a consumer with a channel of its own in each group, a queue and a task, and JSON is encoded for each.
The layer's message contains the newest event. A consumer that finds a number missing reads it from the stream, so that
the same delivery tests pass. But nothing looks without a message, so an event that the layer loses is late until the
next event.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from realtime.access import Person, Way, enter, shown_by_guest, way_by_link
from realtime.delivery.limited_links import link_access_of
from realtime.log.hints import ACCESS_GROUP
from realtime.log.stream_reader import Missed, Snapshot, read_inbox_snapshot, read_missed, read_snapshot
from realtime.log.streams import Position, inbox_key, list_key
from realtime.protocol import Close, SocketError, frame, no_such_list, not_authenticated, read_command
from realtime.sockets.handshake import ForeignOrigin, person_of_token, read_handshake, recognise

logger = logging.getLogger(__name__)


class ChannelLayerConsumer(AsyncJsonWebsocketConsumer):
    """Handles authentication, lists by person or link, the inbox, replay and resync. Only the hub has the limits and
    bounds."""

    groups = [ACCESS_GROUP]

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle a message. After a failure the client is asked to come back, because a 1011 would tell it nothing."""
        try:
            await super().dispatch(message)
        except StopConsumer:
            raise
        except Exception:
            logger.exception("A socket failed. Its client is asked to reconnect.")
            await self.close(int(Close.COME_BACK))

    async def connect(self) -> None:
        self.person: Person | None = None
        self.ways: dict[str, Way] = {}
        self.at: dict[str, Position] = {}
        try:
            self.person, way = await database_sync_to_async(recognise)(read_handshake(self.scope))
        except (SocketError, ForeignOrigin):
            await self.close()
            raise StopConsumer from None
        await self.accept()
        if self.person is not None:
            await self._follow_inbox(None, None)
        if way is not None:
            await self._follow(way, None, None)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        try:
            command = read_command(text_data or "")
            await getattr(self, f"_on_{command.event}")(**command.values)
        except SocketError as error:
            await self.send_json({"event": "error", "code": error.code, "message": str(error.message)})
            if error.close:
                await self.close(int(error.close))

    async def stream_hint(self, message: dict[str, Any]) -> None:
        """Send the newest event from the layer's message. A process with the hub sends no event in it, so then read
        it."""
        key, event, epoch = message["key"], message.get("event"), message.get("epoch")
        at = self.at.get(key)
        if at is None:
            return
        if event is not None and event["seq"] == at.seq + 1 and epoch == at.epoch:
            self.at[key] = Position(at.epoch, event["seq"])
            await self.send_json(event)
        elif (epoch, message["head"]) != (at.epoch, at.seq):
            await self._catch_up(key, at.epoch, at.seq)

    async def access_hint(self, message: dict[str, Any]) -> None:
        try:
            for way in tuple(self.ways.values()):
                await database_sync_to_async(enter)(way)
        except SocketError as error:
            await self.close(int(error.close or Close.WITHDRAWN))

    async def _on_auth(self, access_token: str, epoch: str | None, since: int | None) -> None:
        self.person = await database_sync_to_async(person_of_token)(access_token)
        await self._follow_inbox(epoch, since)

    async def _on_subscribe(self, wishlist_id: UUID, epoch: str | None, since: int | None) -> None:
        if self.person is None:
            raise not_authenticated()
        await self._follow(Way(wishlist_id, self.person), epoch, since)

    async def _on_subscribe_public(
        self,
        public_token: str,
        epoch: str | None,
        since: int | None,
        opening: str | None,
        manage_token: str | None,
    ) -> None:
        """On a limited link, only clients that have opened it get past events. It cannot be opened here."""
        way = await database_sync_to_async(way_by_link)(public_token, self.person)
        way = shown_by_guest(way, manage_token)
        if await database_sync_to_async(link_access_of)(way, opening) is not None:
            epoch = since = None
        await self._follow(way, epoch, since)

    async def _on_unsubscribe(self, wishlist_id: UUID) -> None:
        for key in [key for key, way in self.ways.items() if way.wishlist_id == wishlist_id]:
            await self.channel_layer.group_discard(key, self.channel_name)
            del self.ways[key], self.at[key]
        await self.send_json({"event": "unsubscribed", "wishlist_id": str(wishlist_id)})

    async def _on_ping(self) -> None:
        await self.send_json({"event": "pong"})

    async def _on_pong(self) -> None:
        """Do nothing."""

    async def _on_ack(self, wishlist_id: UUID | None, seq: int) -> None:
        """Do nothing."""

    async def _follow_inbox(self, epoch: str | None, since: int | None) -> None:
        assert self.person is not None
        said = frame("authenticated", user_id=self.person.user_id)
        await self._start(inbox_key(self.person.user_id), said, epoch, since)

    async def _follow(self, way: Way, epoch: str | None, since: int | None) -> None:
        try:
            audience = await database_sync_to_async(enter)(way)
        except SocketError as error:
            raise error if way.link_id else no_such_list() from None
        key = list_key(way.wishlist_id, audience)
        self.ways[key] = way
        public = True if way.link_id else None
        await self._start(key, frame("subscribed", wishlist_id=way.wishlist_id, public=public), epoch, since)

    async def _start(self, key: str, said: str, epoch: str | None, since: int | None) -> None:
        """Join the group first, then read, so that events that come meanwhile are sent twice rather than never."""
        await self.channel_layer.group_add(key, self.channel_name)
        missed = await database_sync_to_async(read_missed)(key, epoch, since)
        start = missed.position.seq - len(missed.events or ())
        content = await self.decode_json(said)
        await self.send_json(content | {"epoch": missed.position.epoch, "seq": start})
        await self._hand_on(key, missed)

    async def _catch_up(self, key: str, epoch: str, since: int) -> None:
        await self._hand_on(key, await database_sync_to_async(read_missed)(key, epoch, since))

    async def _hand_on(self, key: str, missed: Missed) -> None:
        position, texts = missed.position, [text for _, text in missed.events or ()]
        if missed.events is None:
            snapshot = await database_sync_to_async(self._snapshot(key))()
            position, texts = snapshot.position, [snapshot.text]
        self.at[key] = position
        for text in texts:
            await self.send(text)

    def _snapshot(self, key: str) -> partial[Snapshot]:
        if way := self.ways.get(key):
            return partial(_read_snapshot, key, way)
        assert self.person is not None
        return partial(read_inbox_snapshot, key, self.person.user_id)


def _read_snapshot(key: str, way: Way) -> Snapshot:
    return read_snapshot(key, way.wishlist_id, enter(way))
