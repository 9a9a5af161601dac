"""Delivery stays free of gaps under faults (G2, G4): no acknowledged change is lost, nothing comes twice, and all
sockets are soon current."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nemesis.actors.world import PUSHING, World, embedded_world, settle, world_of_services
from tests.nemesis.length import LONG, shown
from tests.nemesis.nemesis import CURRENT_SECONDS, LOST_SECONDS, Report, unleash
from tests.support.plugin import unavailable
from tests.support.running.servers import CannotStart

WISHES = 4


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep thousands of requests out of the report of a failure."""
    logger = logging.getLogger("httpx")
    level = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(level)


def run(world: World, *, seconds: float, seed: int, patience: float = LOST_SECONDS) -> Report:
    cast = settle(world.sites[0], items=WISHES)
    pause = 0.05 if LONG else 0.1
    report = asyncio.run(unleash(world, cast, seconds=seconds, pause=pause, seed=seed, patience=patience))
    shown(report)
    return report


def judge(report: Report) -> None:
    assert report.remembering.faults == 0, report
    assert report.slowest <= CURRENT_SECONDS, report
    assert report.remembering.deliveries >= (10_000 if LONG else 1_000), report
    assert "1011" not in report.ends, report
    assert report.forgetful.gaps > 0, f"The control found nothing wrong: {report}"
    assert report.forgetful.lost > 0, f"The control found nothing wrong: {report}"


@pytest.mark.redis
@pytest.mark.postgresql
@pytest.mark.parametrize("server", ["daphne", "uvicorn"] if LONG else ["daphne"])
def test_nothing_is_lost_when_servers_postgresql_and_redis_are_killed_and_frozen(
    tmp_path: Path, server: str
) -> None:
    try:
        with world_of_services(tmp_path, SERVER=server) as world:
            judge(run(world, seconds=60 if LONG else 15, seed=11))
    except CannotStart as reason:
        unavailable(str(reason))


@pytest.mark.redis
@pytest.mark.postgresql
def test_control_push_without_the_database_loses_events(tmp_path: Path) -> None:
    """Its sockets go through the same and send their positions, but nobody answers with the missed events."""
    try:
        with world_of_services(tmp_path, application=PUSHING, REALTIME_FANOUT="channels") as world:
            report = run(world, seconds=30 if LONG else 10, seed=11, patience=2)
    except CannotStart as reason:
        unavailable(str(reason))
    assert report.remembering.lost > 0, report
    assert report.remembering.gaps > 0, report


@pytest.mark.once
def test_nothing_is_lost_when_the_only_process_is_killed_and_frozen(tmp_path: Path) -> None:
    with embedded_world(tmp_path) as world:
        judge(run(world, seconds=60 if LONG else 8, seed=7))
