"""Delivery stays free of gaps under faults (G2, G4). This short run has each fault once, in a fixed order, between a
write and its delivery.

No step ends after a fixed time: the test waits until writes are acknowledged and sockets are current. `make nemesis`
runs a minute of random faults (docs/nemesis.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.nemesis.actors.followers import Follower
from tests.nemesis.actors.world import (
    PUSHING,
    Cast,
    World,
    embedded_world,
    settle,
    world_of_services,
)
from tests.nemesis.actors.writers import Writer, four_writers
from tests.nemesis.nemesis import Count, all_current, count_faults, followers_of
from tests.support.plugin import unavailable
from tests.support.running.servers import CannotStart
from tests.support.socket_client import SECONDS

SOCKETS, WISHES, CHANGES = 9, 4, 3


@dataclass(frozen=True)
class Stage:
    """All writers use the first server, and all followers the last."""

    world: World
    cast: Cast
    followers: Sequence[Follower]
    writers: Sequence[Writer]

    async def write(self) -> None:
        """Let each writer make some changes, and wait until all are acknowledged."""
        await asyncio.gather(*(one.write_some(CHANGES) for one in self.writers))

    async def write_in_turn(self) -> None:
        """Write one after the other. Of two pushes at once, one may overtake the other."""
        for one in self.writers:
            await one.write_some(1)

    async def settled(self) -> None:
        """Wait until every follower is current."""
        await all_current(self.world, self.cast, self.followers)

    async def kill_while_writing(self, name: str) -> None:
        """Kill the server while some changes are under way. Each is retried until it is acknowledged."""
        before = [len(one.acknowledged) for one in self.writers]
        writing = asyncio.create_task(self.write())
        await asyncio.gather(
            *(one.written(n + 1) for one, n in zip(self.writers, before, strict=True)),
        )
        await asyncio.to_thread(self.world.victim(name).kill)
        await asyncio.to_thread(self.world.victim(name).start)
        await writing
        await self.settled()

    async def write_while_dead(self, name: str) -> None:
        await asyncio.to_thread(self.world.victim(name).kill)
        await self.write()
        await asyncio.to_thread(self.world.victim(name).start)
        await self.settled()

    async def write_while_frozen(self, name: str) -> None:
        self.world.victim(name).freeze()
        try:
            await self.write()
        finally:
            self.world.victim(name).thaw()
        await self.settled()

    async def sleep_through_a_kill(self, name: str) -> None:
        """Write while nobody listens, then kill the server. The acknowledged changes must survive."""
        await asyncio.gather(*(one.sleep() for one in self.followers))
        await self.write()
        await asyncio.to_thread(self.world.victim(name).kill)
        await asyncio.to_thread(self.world.victim(name).start)
        for one in self.followers:
            one.wake()

    async def lose_the_layer(self) -> None:
        """Take Redis away until the server has given up on it. After that no pushed payload of those changes can
        arrive."""
        await asyncio.to_thread(self.world.victim("Redis").kill)
        await self.write()
        deadline = time.monotonic() + SECONDS
        while "The channel layer fails" not in self.world.victim("server 1").log:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        await asyncio.to_thread(self.world.victim("Redis").start)

    async def counted(self) -> Count:
        return await asyncio.to_thread(count_faults, self.world, self.cast, self.followers, self.writers)


@asynccontextmanager
async def staged(world: World) -> AsyncIterator[Stage]:
    """Nine sockets that are current, and four writers."""
    cast = await asyncio.to_thread(settle, world.sites[0], items=WISHES)
    followers = followers_of(cast, world.sites[-1:], SOCKETS, remembers=True)
    stage = Stage(world, cast, followers, four_writers(cast, world.sites[:1], 0))
    listening = [asyncio.create_task(one.follow()) for one in followers]
    try:
        await stage.settled()
        yield stage
    finally:
        for task in listening:
            task.cancel()
        ends = await asyncio.gather(*listening, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}, ends


@contextmanager
def had(world: AbstractContextManager[World]) -> Iterator[World]:
    try:
        with world as made:
            yield made
    except CannotStart as reason:
        unavailable(str(reason))


async def strike_everything(world: World) -> None:
    async with staged(world) as stage:
        await stage.write()
        await stage.settled()
        for name in ("Redis", "server 2"):
            await stage.write_while_dead(name)
            await stage.write_while_frozen(name)
        for name in ("PostgreSQL", "server 1"):
            await stage.kill_while_writing(name)
        await judge(stage)


async def strike_the_only_process(world: World) -> None:
    async with staged(world) as stage:
        await stage.write()
        await stage.settled()
        await stage.sleep_through_a_kill("server 1")
        await stage.settled()
        await stage.kill_while_writing("server 1")
        await judge(stage)


async def judge(stage: Stage) -> None:
    count = await stage.counted()
    assert count.faults == 0, count
    acknowledged = sum(len(one.acknowledged) for one in stage.writers)
    # Only givers get the changes of one of the four writers. A retried change may have happened twice.
    assert count.deliveries >= acknowledged * SOCKETS * 3 // 4, count


@pytest.mark.postgresql
@pytest.mark.redis
def test_nothing_is_lost_when_services_and_servers_are_killed_and_frozen(tmp_path: Path) -> None:
    with had(world_of_services(tmp_path)) as world:
        asyncio.run(strike_everything(world))


@pytest.mark.once
@pytest.mark.smoke
def test_nothing_is_lost_when_the_only_process_is_killed(tmp_path: Path) -> None:
    with embedded_world(tmp_path) as world:
        asyncio.run(strike_the_only_process(world))


async def count_what_a_push_loses(world: World) -> tuple[Count, Count]:
    """Return the number of lost events before the fault and after it."""
    async with staged(world) as stage:
        await stage.write_in_turn()
        await stage.settled()
        before = await stage.counted()
        await (stage.lose_the_layer() if "Redis" in names(world) else stage.sleep_through_a_kill("server 1"))
        return before, await stage.counted()


def names(world: World) -> set[str]:
    return {victim.name for victim in world.victims}


def judge_control(before: Count, after: Count) -> None:
    assert before.faults == 0, before
    assert after.lost >= CHANGES * SOCKETS, after


@pytest.mark.postgresql
@pytest.mark.redis
def test_control_push_without_the_database_loses_what_the_layer_loses(tmp_path: Path) -> None:
    with had(world_of_services(tmp_path, application=PUSHING, REALTIME_FANOUT="channels")) as world:
        judge_control(*asyncio.run(count_what_a_push_loses(world)))


@pytest.mark.once
def test_control_push_without_the_database_loses_events_while_nobody_listens(tmp_path: Path) -> None:
    with embedded_world(tmp_path, application=PUSHING, REALTIME_FANOUT="channels") as world:
        judge_control(*asyncio.run(count_what_a_push_loses(world)))
