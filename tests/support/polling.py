"""A client without a socket, which requests events over HTTP."""

from __future__ import annotations

import time
from typing import Any

import httpx

from accounts.models import User
from tests.sockets.people import bearer
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS
from wishlists.models import Wishlist

Position = dict[str, Any]
LONG, SOON = 20, 60.0


class EventsPoller:
    """A client that polls an address for events since a known position."""

    def __init__(self, site: Site, path: str, user: User | None = None) -> None:
        self.client = httpx.Client(
            base_url=f"{site.url}/api/v1",
            headers=bearer(user) if user else {},
            timeout=40,
            verify=NO_TLS,
        )
        self.path = path

    def ask(self, known: Position | None = None, **query: Any) -> httpx.Response:
        since = {"epoch": known["epoch"], "after": known["seq"]} if known else {}
        return self.client.get(self.path, params=since | query)

    def poll(self, known: Position | None = None, **query: Any) -> Position:
        answer = self.ask(known, **query)
        assert answer.status_code == 200, answer.text
        body: Position = answer.json()
        return body


def events_poller(site: Site, user: User, wishlist: Wishlist) -> EventsPoller:
    return EventsPoller(site, f"/wishlists/{wishlist.pk}/events", user)


def stand_in_line(one: EventsPoller, known: Position) -> httpx.Response:
    """Poll, and retry while `ask_until_refused` of another thread holds the last slot."""
    while (answer := one.ask(known, wait=LONG)).status_code == 429:
        time.sleep(0.1)
    return answer


def ask_until_refused(one: EventsPoller, known: Position) -> httpx.Response:
    """Poll until the server refuses: then all polls that were sent before are waiting."""
    deadline = time.monotonic() + SOON
    while (answer := one.ask(known, wait=1)).status_code != 429:
        assert time.monotonic() < deadline
        # This poll takes a slot too. Leave it free for longer than the last one needs to try again.
        time.sleep(0.5)
    return answer
