"""PostgreSQL is killed or frozen for a while and comes back. Measures how soon refusals come, and how soon the first
answer afterwards.

`DATABASE_STATEMENT_SECONDS` has its default value, and both servers of the world go through the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from tests.nemesis.actors.victims import Victim
from tests.nemesis.actors.world import World, bearer, settle, world_of_services
from tests.nemesis.length import LONG, shown
from tests.support.plugin import unavailable
from tests.support.running.servers import CannotStart
from tests.support.socket_client import NO_TLS

pytestmark = pytest.mark.postgresql

BACK_SECONDS = 5.0
REFUSED_SECONDS = 10.0
AWAY_SECONDS = (2, 20, 60) if LONG else (2,)
AT_ONCE = 40


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp(request.param)
    try:
        with world_of_services(folder, SERVER=request.param, RATE_LIMITS="0") as made:
            yield made
    except CannotStart as reason:
        unavailable(str(reason))


@dataclass(frozen=True)
class Asked:
    status: int
    seconds: float
    retry_after: str | None


class Site:
    """One server, which is asked for a person's list."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, bearer(token)

    def ask(self, path: str = "/api/v1/wishlists") -> Asked:
        started = time.monotonic()
        answer = httpx.get(
            self._url + path, headers=self._headers, timeout=120, trust_env=False, verify=NO_TLS
        )
        seconds = time.monotonic() - started
        return Asked(answer.status_code, seconds, answer.headers.get("Retry-After"))

    def ask_at_once(self) -> list[Asked]:
        """Send forty requests, with `/health` among them."""
        with ThreadPoolExecutor(AT_ONCE + 1) as threads:
            asking = [threads.submit(self.ask) for _ in range(AT_ONCE)]
            asking.append(threads.submit(self.ask, "/health"))
            return [one.result() for one in asking]

    def refused_for(self, seconds: float) -> float:
        """Return the time of the slowest refusal."""
        deadline, slowest = time.monotonic() + seconds, 0.0
        while time.monotonic() < deadline:
            for one in (self.ask(), self.ask("/health")):
                assert (one.status, bool(one.retry_after)) == (503, True), one
                slowest = max(slowest, one.seconds)
            time.sleep(0.2)
        return slowest

    def answers_after(self) -> float:
        """Return how long it takes until the server answers again."""
        started = time.monotonic()
        while self.ask().status != 200:
            time.sleep(0.05)
        return time.monotonic() - started


@pytest.fixture(scope="module")
def site(world: World) -> Site:
    return Site(world.sites[0], settle(world.sites[0], items=1).alice)


@pytest.fixture
def database(world: World, site: Site) -> Iterator[Victim]:
    """PostgreSQL, in use by as many connections as requests may have."""
    assert {one.status for one in site.ask_at_once()} == {200}
    victim = world.victim("PostgreSQL")
    yield victim
    victim.thaw()


@pytest.mark.parametrize("away", AWAY_SECONDS)
def test_killed_database_causes_immediate_refusals_and_is_used_when_it_is_back(
    database: Victim, site: Site, away: float
) -> None:
    database.kill()
    refused = site.refused_for(away)
    database.start()
    back = site.answers_after()
    shown(f"killed for {away} s: slowest 503 {refused:.2f} s, first answer {back:.2f} s after its return")
    assert refused < REFUSED_SECONDS
    assert back < BACK_SECONDS


@pytest.mark.parametrize("away", AWAY_SECONDS)
def test_frozen_database_causes_timely_refusals_and_is_used_when_it_continues(
    database: Victim, site: Site, away: float
) -> None:
    database.freeze()
    first = site.ask_at_once()
    assert {(one.status, bool(one.retry_after)) for one in first} == {(503, True)}
    slowest = max(one.seconds for one in first)
    refused = site.refused_for(away)
    database.thaw()
    back = site.answers_after()
    shown(
        f"frozen for {slowest + away:.0f} s: slowest 503 of the first {AT_ONCE} {slowest:.2f} s, later {refused:.2f} s, "
        f"first answer {back:.2f} s after it went on"
    )
    assert max(slowest, refused) < REFUSED_SECONDS
    assert back < BACK_SECONDS
