"""Clients that retry each write until it is answered, and remember what was acknowledged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.nemesis.actors.world import Cast, bearer
from tests.support.socket_client import NO_TLS

PATIENCE_SECONDS = 10.0
ADDED = 40
"""New items by one writer, of the 500 that a list holds."""

Request = tuple[str, str, dict[str, Any]]


@dataclass
class Writer:
    """`said` makes the n-th request, which contains a unique mark."""

    name: str
    token: str
    sites: Sequence[str]
    request_of: Callable[[str, int], Request]
    pause: float
    seen_by: frozenset[str]

    turn: int = 0
    number: int = 0
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, enough: asyncio.Event) -> None:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE_SECONDS) as client:
            while not enough.is_set():
                await self._write_one(client)
                await asyncio.sleep(self.pause)

    async def write_some(self, number: int) -> None:
        """Write, and return when all writes are acknowledged."""
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE_SECONDS) as client:
            for _ in range(number):
                await self._write_one(client)

    async def _write_one(self, client: httpx.AsyncClient) -> None:
        self.number += 1
        mark = f"{self.name}-{self.number}"
        await self._insist(client, self.request_of(mark, self.number))
        self.acknowledged.append(mark)
        self.moved.set()

    async def written(self, number: int) -> None:
        """Return when this many writes are acknowledged."""
        while len(self.acknowledged) < number:
            self.moved.clear()
            await self.moved.wait()

    async def _insist(self, client: httpx.AsyncClient, request: Request) -> None:
        """Send the same request again, to the next server, until it succeeds. A refusal is a fault."""
        method, path, body = request
        while True:
            site = self.sites[self.turn % len(self.sites)]
            try:
                answer = await client.request(
                    method, f"{site}/api/v1{path}", json=body, headers=bearer(self.token)
                )
                self.answers[str(answer.status_code)] += 1
                assert answer.is_success or answer.is_server_error, answer.text
                if answer.is_success:
                    return
            except httpx.TransportError as failure:
                self.answers[type(failure).__name__] += 1
            self.turn += 1
            await asyncio.sleep(0.1)


def four_writers(cast: Cast, sites: Sequence[str], pause: float) -> list[Writer]:
    """Two writers change items, one adds items, and Bob changes the message of his gift, hidden from Alice."""
    first, second, third, fourth = (f"/wishlists/{cast.wishlist}/items/{pk}" for pk in cast.items[:4])

    def add(mark: str, number: int) -> Request:
        if number <= ADDED * 4 and number % 4 == 0:
            return "POST", f"/wishlists/{cast.wishlist}/items", {"title": mark}
        return "PATCH", third, {"title": mark}

    def give(mark: str, number: int) -> Request:
        return "PATCH", fourth, {"reservation_status": "reserved", "reservation_message": mark}

    everybody = frozenset({"recipient", "giver", "public"})
    return [
        Writer("a", cast.alice, sites, lambda mark, _: ("PATCH", first, {"title": mark}), pause, everybody),
        Writer("b", cast.alice, sites, lambda mark, _: ("PATCH", second, {"title": mark}), pause, everybody),
        Writer("c", cast.alice, sites, add, pause, everybody),
        Writer("d", cast.bob, sites, give, pause, frozenset({"giver"})),
    ]
