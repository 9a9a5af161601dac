"""Four writers, thirty sockets, and something that kills and freezes what they stand on; then the count.

Three more sockets are the control. They live through the same, and come back as clients of a mere push do: without
saying where they were. The same count must find them wanting.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.nemesis.actors.followers import Follower
from tests.nemesis.actors.victims import Victim
from tests.nemesis.actors.world import Cast, World
from tests.nemesis.actors.writers import Writer, four_writers
from tests.nemesis.length import LONG

AUDIENCES = ("recipient", "giver", "public")
SOCKETS = 30
FORGETFUL = 3

HELD_SECONDS = (0.5, 2.0)
CURRENT_SECONDS = 5.0
BREATH = 30 if LONG else 5
"""Changes of each writer between one blow and the next, or there would be nothing to lose."""
LOST_SECONDS = 60.0
"""Past that nobody waits any more for whoever is not current; the count will say by how much."""


@dataclass(frozen=True)
class Blow:
    """One thing that was done, for how long, and how long after its end the last socket was current."""

    what: str
    held: float
    current_after: float


@dataclass
class Count:
    """What must be nothing, of some sockets; and how much there was of what had to arrive."""

    sockets: int = 0
    deliveries: int = 0
    lost: int = 0
    gaps: int = 0
    doubles: int = 0
    snapshots: int = 0
    unlike: int = 0

    @property
    def faults(self) -> int:
        return self.lost + self.gaps + self.doubles + self.snapshots + self.unlike


@dataclass
class Report:
    """What came of it."""

    seconds: float
    acknowledged: int
    remembering: Count
    forgetful: Count
    blows: list[Blow]
    ends: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def slowest(self) -> float:
        return max(blow.current_after for blow in self.blows)

    def __str__(self) -> str:
        blows = ", ".join(
            f"{blow.what} {blow.held:.1f} s ({blow.current_after:.1f} s)" for blow in self.blows
        )
        return (
            f"\n{self.seconds:.0f} s, {self.acknowledged} acknowledged changes, {len(self.blows)} blows; "
            f"slowest to be current {self.slowest:.2f} s\n  {self.remembering}\n  control: {self.forgetful}\n"
            f"  sockets ended by {dict(self.ends)}\n  writers were answered {dict(self.answers)}\n"
            f"  blows, how long they lasted (and how long after it everybody was current): {blows}"
        )


async def unleash(
    world: World, cast: Cast, *, seconds: float, pause: float, seed: int, patience: float = LOST_SECONDS
) -> Report:
    """For so long at least, and until each thing was done to each victim once."""
    began = time.monotonic()
    followers = followers_of(cast, world.sites, SOCKETS, remembers=True)
    forgetful = followers_of(cast, world.sites, FORGETFUL, remembers=False)
    writers = four_writers(cast, world.sites, pause)
    enough = asyncio.Event()
    listening = [asyncio.create_task(one.follow()) for one in followers + forgetful]
    await all_current(world, cast, followers, patience)
    writing = [asyncio.create_task(one.write(enough)) for one in writers]
    blows = []
    async for blow in _blows(world, until=began + seconds, dice=random.Random(seed)):
        blows.append(Blow(*blow, await all_current(world, cast, followers, patience)))
        await asyncio.gather(*(one.written(len(one.acknowledged) + BREATH) for one in writers))
    enough.set()
    await asyncio.gather(*writing)
    await all_current(world, cast, followers, patience)
    lasted = time.monotonic() - began
    counted = await asyncio.to_thread(count_faults, world, cast, followers, writers)
    control = await asyncio.to_thread(count_faults, world, cast, forgetful, writers)
    acknowledged = sum(len(one.acknowledged) for one in writers)
    report = Report(lasted, acknowledged, counted, control, blows)
    for task in listening:
        task.cancel()
    for ends in await asyncio.gather(*listening, return_exceptions=True):
        assert isinstance(ends, asyncio.CancelledError), ends
    for follower in followers:
        report.ends += follower.ends
    for writer in writers:
        report.answers += writer.answers
    return report


def followers_of(cast: Cast, sites: Sequence[str], number: int, *, remembers: bool) -> list[Follower]:
    tokens = {"recipient": cast.alice, "giver": cast.bob}
    made = []
    for _, audience in zip(range(number), itertools.cycle(AUDIENCES), strict=False):
        hello = [{"event": "auth", "access_token": tokens[audience]}] if audience in tokens else []
        by_link = {"event": "subscribe_public", "public_token": cast.link}
        subscribe = {"event": "subscribe", "wishlist_id": cast.wishlist} if hello else by_link
        made.append(Follower(audience, sites, hello, subscribe, remembers))
    return made


async def _blows(world: World, *, until: float, dice: random.Random) -> AsyncIterator[tuple[str, float]]:
    """One thing after the other: what was done, and for how long."""
    kinds = [(victim, kill) for victim in world.victims for kill in (True, False)]
    for number in itertools.count():
        if number % len(kinds) == 0:
            dice.shuffle(kinds)
        if number >= len(kinds) and time.monotonic() > until:
            return
        victim, kill = kinds[number % len(kinds)]
        held = dice.uniform(*HELD_SECONDS)
        await (_kill(victim, held) if kill else _freeze(victim, held))
        yield f"{'kill' if kill else 'freeze'} {victim.name}", held


async def _kill(victim: Victim, seconds: float) -> None:
    await asyncio.to_thread(victim.kill)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(victim.start)


async def _freeze(victim: Victim, seconds: float) -> None:
    victim.freeze()
    await asyncio.sleep(seconds)
    victim.thaw()
    await asyncio.to_thread(victim.wait_until_it_answers)


async def all_current(
    world: World, cast: Cast, followers: Sequence[Follower], patience: float = LOST_SECONDS
) -> float:
    """How long it takes until everybody has what is in the streams now."""
    began = time.monotonic()
    heads = await asyncio.to_thread(world.heads)
    waiting = (one.reached(heads.get(f"list.{cast.wishlist}.{one.audience}", 0)) for one in followers)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await asyncio.gather(*waiting)
    return time.monotonic() - began


def count_faults(world: World, cast: Cast, followers: Sequence[Follower], writers: Sequence[Writer]) -> Count:
    """Against what was acknowledged, and against what a newcomer is shown."""
    count = Count(sockets=len(followers))
    fresh = {audience: cast.fresh(world.sites[0], audience) for audience in AUDIENCES}
    marks = {
        audience: {mark for one in writers if audience in one.seen_by for mark in one.acknowledged}
        for audience in AUDIENCES
    }
    for follower in followers:
        count.deliveries += follower.deliveries
        count.lost += len(marks[follower.audience] - follower.marks)
        count.gaps += follower.gaps
        count.doubles += follower.doubles
        # The first is where everybody begins.
        count.snapshots += follower.snapshots - 1
        count.unlike += not follower.has(fresh[follower.audience])
    return count
