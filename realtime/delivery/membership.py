"""Keep the hub in the right groups of the channel layer. The hub has one channel, and joins a group while somebody
here listens.

There are two sets: the groups that the hub should be in, and those that it is in. One task makes the second equal to
the first. So a channel layer that is away, slow or restarted ends nothing: the task tries again, and meanwhile the
hub's periodic look delivers the events.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

JOIN_SECONDS = 2.0
TRY_SECONDS = 5.0
AGAIN_SECONDS = 3.0
REFRESH_SECONDS = 600.0
"""Seconds until groups are joined again. The in-memory layer forgets groups after a day, and drops members whose queue
is full."""


class Membership:
    """The hub's membership in groups. It lives in one event loop. `on_hint` gets every message that reaches the
    channel."""

    def __init__(self, on_hint: Callable[[dict[str, Any]], None]) -> None:
        self._on_hint = on_hint
        self._wanted: dict[str, asyncio.Event] = {}
        self._joined: set[str] = set()
        self._kick = asyncio.Event()
        self._channel: str | None = None
        self._failing = False
        self._receiver: asyncio.Task[None] | None = None

    async def join(self, group: str) -> None:
        """Join the group and return, or return soon if the channel layer is in trouble. Then hints come late, but
        events don't get lost."""
        arrived = self._wanted.setdefault(group, asyncio.Event())
        if group in self._joined:
            return
        self._kick.set()
        if not self._failing:
            try:
                await asyncio.wait_for(arrived.wait(), JOIN_SECONDS)
            except TimeoutError:
                logger.warning("The channel layer is slow. Hints for some lists are late.")

    def leave(self, group: str) -> None:
        self._wanted.pop(group, None)
        self._kick.set()

    async def keep(self) -> None:
        """Make the joined groups equal to the wanted ones, for as long as the hub lives."""
        try:
            while True:
                await self._kicked()
                await self._try_to_catch_up()
        finally:
            if self._receiver is not None:
                self._receiver.cancel()

    async def _try_to_catch_up(self) -> None:
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await self._catch_up()
            self._failing = False
        except Exception as failure:
            self._failing = True
            logger.warning("The channel layer doesn't answer. Trying again: %r", failure)
            await asyncio.sleep(AGAIN_SECONDS)
            self._kick.set()

    async def _kicked(self) -> None:
        try:
            await asyncio.wait_for(self._kick.wait(), REFRESH_SECONDS)
        except TimeoutError:
            self._joined.clear()
        self._kick.clear()

    async def _catch_up(self) -> None:
        layer = get_channel_layer()
        if self._channel is None:
            self._channel = await layer.new_channel()
            self._receiver = asyncio.create_task(self._receiving(self._channel))
        while unlike := self._joined ^ self._wanted.keys():
            for group in unlike:
                if group in self._wanted:
                    await self._add(layer, group)
                else:
                    await self._discard(layer, group)

    async def _add(self, layer: Any, group: str) -> None:
        await layer.group_add(group, self._channel)
        self._joined.add(group)
        if arrived := self._wanted.get(group):
            arrived.set()

    async def _discard(self, layer: Any, group: str) -> None:
        # Before the wait, so that a call of `join` meanwhile finds that there is something to do.
        self._joined.discard(group)
        try:
            await layer.group_discard(group, self._channel)
        except BaseException:
            self._joined.add(group)
            raise

    async def _receiving(self, channel: str) -> None:
        layer = get_channel_layer()
        while True:
            try:
                self._on_hint(await layer.receive(channel))
            except Exception:
                logger.exception("Can't receive from the channel layer. Trying again.")
                await asyncio.sleep(AGAIN_SECONDS)
