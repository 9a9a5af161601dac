"""Four writers and thirty sockets, while the servers below them are killed and frozen. Then faults are counted.

Three more sockets are the control. They go through the same, but come back without a position, as clients of a simple
push do. The same count must find faults there.
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
"""Changes of each writer between two blows. Without them there would be nothing to lose."""
LOST_SECONDS = 60.0
"""After this time nobody waits any longer for a socket that is not current. The count then shows how far behind it is.
"""


@dataclass(frozen=True)
class Blow:
    """One kill or freeze: what was hit, for how long, and after how many seconds the last socket was current again."""

    what: str
    held: float
    current_after: float


@dataclass
class Count:
    """The faults of some sockets, which must be zero, and the number of deliveries that had to arrive."""

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
    """The result of a run."""

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
    """Hit the servers for at least this long, and until each victim was killed and frozen once."""
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
    """Yield one blow after the other: what was hit, and for how long."""
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
    """Return how long it takes until every follower has the current state of the streams."""
    began = time.monotonic()
    heads = await asyncio.to_thread(world.heads)
    waiting = (one.reached(heads.get(f"list.{cast.wishlist}.{one.audience}", 0)) for one in followers)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await asyncio.gather(*waiting)
    return time.monotonic() - began


def count_faults(world: World, cast: Cast, followers: Sequence[Follower], writers: Sequence[Writer]) -> Count:
    """Compare with the acknowledged writes, and with what a new client is shown."""
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
        # Everybody begins with one snapshot, which is not a fault.
        count.snapshots += follower.snapshots - 1
        count.unlike += not follower.has(fresh[follower.audience])
    return count
