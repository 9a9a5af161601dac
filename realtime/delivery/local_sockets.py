"""Keep track of this process's sockets: whose they are and what they follow."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from realtime.access import Person
from realtime.delivery.hub import Hub
from realtime.delivery.send_queue import SendQueue
from realtime.delivery.socket_places import SocketPlaces
from realtime.delivery.subscriptions import InboxSubscription, ListSubscription
from realtime.protocol import SocketError


class Follower:
    """A socket as access checks and the heartbeat know it: its person and what it follows."""

    send_queue: SendQueue

    def __init__(self) -> None:
        self.person: Person | None = None
        self.inbox: InboxSubscription | None = None
        self.subscriptions: dict[UUID, ListSubscription] = {}

    def refuse(self, error: SocketError, wishlist_id: UUID | None = None) -> None:
        """Send `error`, and close the socket if the error has a close code."""
        raise NotImplementedError


class LocalSockets:
    """All sockets of this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.places = SocketPlaces()
        self.followers: set[Follower] = set()
        self._by_person: defaultdict[UUID, set[Follower]] = defaultdict(set)

    def add(self, follower: Follower) -> None:
        self.followers.add(follower)

    def identify(self, follower: Follower, person: Person) -> int:
        """Note that this socket belongs to the person. Return how many sockets that person has."""
        sockets = self._by_person[person.user_id]
        sockets.add(follower)
        return len(sockets)

    def remove(self, follower: Follower) -> None:
        self.followers.discard(follower)
        if follower.person and (sockets := self._by_person.get(follower.person.user_id)):
            sockets.discard(follower)
            if not sockets:
                del self._by_person[follower.person.user_id]
