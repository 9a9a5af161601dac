"""What is done for all sockets at once, by one timer each: is everybody still allowed in (G8), and does everybody know
how far their streams have come.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from realtime.access import Person, Verdict, Way, ended_sessions, judge
from realtime.delivery.hub import Hub
from realtime.delivery.send_queue import SendQueue
from realtime.delivery.socket_places import SocketPlaces
from realtime.delivery.subscriptions import InboxSubscription, ListSubscription
from realtime.protocol import Close, SocketError, frame, session_ended

logger = logging.getLogger(__name__)

ACCESS_SECONDS = 4.0
"""Access is looked at this often whatever is hinted, because links expire and hints get lost. A hub that looks more
often for events does so for this too."""

PAUSE_SECONDS = 0.3
"""Between two looks, however many hints there are."""

BEAT_SECONDS = 25.0


class Follower:
    """A socket as the rounds know it: who it is, and what it follows."""

    send_queue: SendQueue

    def __init__(self) -> None:
        self.person: Person | None = None
        self.inbox: InboxSubscription | None = None
        self.subscriptions: dict[UUID, ListSubscription] = {}

    def refuse(self, error: SocketError, wishlist_id: UUID | None = None) -> None:
        """Say `error`, and close if it is that bad."""
        raise NotImplementedError


class LocalSockets:
    """Every socket of this process, and what is done for all of them."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.looks = 0
        self.places = SocketPlaces()
        self.tasks: list[asyncio.Task[None]] = []
        self._followers: set[Follower] = set()
        self._by_person: defaultdict[UUID, set[Follower]] = defaultdict(set)

    async def run(self) -> None:
        await asyncio.gather(self._check_always(), self._beat_always())

    def add(self, follower: Follower) -> None:
        self._followers.add(follower)

    def identify(self, follower: Follower, person: Person) -> int:
        """Remember whose socket this is; returns how many that person has."""
        sockets = self._by_person[person.user_id]
        sockets.add(follower)
        return len(sockets)

    def remove(self, follower: Follower) -> None:
        self._followers.discard(follower)
        if follower.person and (sockets := self._by_person.get(follower.person.user_id)):
            sockets.discard(follower)
            if not sockets:
                del self._by_person[follower.person.user_id]

    def check_soon(self) -> None:
        self.hub.access_changed.set()

    async def _check_always(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.hub.access_changed.wait(), _access_period())
            self.hub.access_changed.clear()
            try:
                await self.check()
            except Exception as failure:
                logger.warning("Access could not be checked; trying again: %r", failure)
            await asyncio.sleep(PAUSE_SECONDS)

    async def check(self) -> None:
        """Ask once for everybody, and act: a closed session ends the socket, a closed way the subscription."""
        followers = list(self._followers)
        self.looks += 1
        if not followers:
            return
        subscriptions = [one for follower in followers for one in follower.subscriptions.values()]
        sessions = {follower.person.session_id for follower in followers if follower.person}
        ways = {one.way for one in subscriptions}
        ended, verdicts = await self.hub.database.run(_ask, sessions, ways)
        # Whatever was told last, "this list is deleted" for one, still arrives before the end.
        # Of those who have said meanwhile who they are, the way is another, and not judged yet.
        await self.hub.look({one.key for one in subscriptions if _is_gone(verdicts.get(one.way))})
        for follower in followers:
            if follower.person and follower.person.session_id in ended:
                follower.refuse(session_ended())
            for one in list(follower.subscriptions.values()):
                if one.way in verdicts:
                    one.judge(verdicts[one.way])

    async def _beat_always(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.beat()

    def beat(self) -> None:
        """`head` to every listener, so that a silent loss is known within 30 s, and `ping` to every socket."""
        for group in self.hub.groups.values():
            text, at = "", -1
            for listener in tuple(group.live):
                if not isinstance(listener, InboxSubscription | ListSubscription):
                    continue
                if listener.seq != at:
                    text, at = listener.head_frame(), listener.seq
                listener.write(text)
        ping = frame("ping", ts=int(time.time() * 1000))
        for follower in tuple(self._followers):
            if any(one.reads_too_slowly for one in follower.subscriptions.values()):
                follower.send_queue.close(Close.TOO_SLOW)
            follower.send_queue.write(ping)


def _access_period() -> float:
    return min(ACCESS_SECONDS, 2 * settings.REALTIME_LOOK_SECONDS or ACCESS_SECONDS)


def _ask(sessions: Collection[UUID], ways: Collection[Way]) -> tuple[set[UUID], dict[Way, Verdict]]:
    return ended_sessions(sessions), judge(ways)


def _is_gone(verdict: Verdict | None) -> bool:
    return isinstance(verdict, SocketError) and verdict.close is Close.GONE


_local_sockets: dict[asyncio.AbstractEventLoop, LocalSockets] = {}


def local_sockets_of(loop: asyncio.AbstractEventLoop) -> LocalSockets:
    """The one hub of this process and its rounds, started with the first socket and never stopped."""
    if loop not in _local_sockets:
        _local_sockets[loop] = local_sockets = LocalSockets(Hub())
        local_sockets.tasks = [
            loop.create_task(local_sockets.hub.run()),
            loop.create_task(local_sockets.run()),
        ]
    return _local_sockets[loop]
