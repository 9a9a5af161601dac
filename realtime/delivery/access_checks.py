"""Check regularly whether all sockets may still read what they follow, with one timer for the process (G8)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from realtime.access import Verdict, Way, ended_sessions, judge
from realtime.delivery.local_sockets import LocalSockets
from realtime.protocol import Close, SocketError, session_ended

logger = logging.getLogger(__name__)

ACCESS_SECONDS = 4.0
"""Seconds between checks if no hint comes, because links expire and hints get lost. If hubs are set to look for events
more often, access is checked as often."""

PAUSE_SECONDS = 0.3
"""The least number of seconds between two checks, however many hints arrive."""


class AccessChecks:
    """Check the access of all sockets of this process."""

    def __init__(self, sockets: LocalSockets) -> None:
        self._sockets, self._hub = sockets, sockets.hub
        self.count = 0
        """The number of checks that have begun. A socket that joined during a check was not part of it."""

    def check_soon(self) -> None:
        self._hub.access_changed.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hub.access_changed.wait(), _access_period())
            self._hub.access_changed.clear()
            try:
                await self.check()
            except Exception as failure:
                logger.warning("Access couldn't be checked. Trying again: %r", failure)
            await asyncio.sleep(PAUSE_SECONDS)

    async def check(self) -> None:
        """Judge everybody with one question. End the sockets of closed sessions, and the subscriptions whose way is
        closed."""
        followers = list(self._sockets.followers)
        self.count += 1
        if not followers:
            return
        subscriptions = [one for follower in followers for one in follower.subscriptions.values()]
        sessions = {follower.person.session_id for follower in followers if follower.person}
        ways = {one.way for one in subscriptions}
        ended, verdicts = await self._hub.database.run(_ask, sessions, ways)
        # Events sent last, such as "this list is deleted", must arrive before the subscription ends. A socket that
        # identified itself meanwhile has another way, which is not judged yet.
        await self._hub.look({one.key for one in subscriptions if _is_gone(verdicts.get(one.way))})
        for follower in followers:
            if follower.person and follower.person.session_id in ended:
                follower.refuse(session_ended())
            for one in list(follower.subscriptions.values()):
                if one.way in verdicts:
                    one.judge(verdicts[one.way])


def _access_period() -> float:
    return min(ACCESS_SECONDS, 2 * settings.REALTIME_LOOK_SECONDS or ACCESS_SECONDS)


def _ask(sessions: Collection[UUID], ways: Collection[Way]) -> tuple[set[UUID], dict[Way, Verdict]]:
    return ended_sessions(sessions), judge(ways)


def _is_gone(verdict: Verdict | None) -> bool:
    return isinstance(verdict, SocketError) and verdict.close is Close.GONE
