"""Servers with limits that are small enough to be reached in a second."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.support.running.live import StartSite
from tests.support.running.site import Site, running_site, shared_database_url

SMALL_BOUNDS = {
    "HEADER_SECONDS": "1.5",
    "BODY_SECONDS": "1.5",
    "ANSWER_SECONDS": "1.5",
    "KEEP_ALIVE_SECONDS": "2",
    "MAX_CONNECTIONS_PER_ADDRESS": "60",
    "MAX_CONNECTIONS": "100",
}
SMALL_SOCKETS = {
    "SOCKETS_PER_ADDRESS": "12",
    "SOCKETS_PER_LINK": "8",
    "SOCKETS_PER_PERSON": "4",
    "SNAPSHOT_BYTES_PER_SOCKET": "65536",
    "SNAPSHOT_BYTES_PER_PERSON": "131072",
    "LONG_POLLS_PER_ADDRESS": "5",
}


@pytest.fixture(params=["daphne", "uvicorn"])
def bounded(request: pytest.FixtureRequest, transactional_db: None, start_site: StartSite) -> Site:
    """A daphne and a uvicorn with small limits, shared by all tests."""
    return start_site(SERVER=request.param, **SMALL_BOUNDS)


@pytest.fixture
def few_sockets(transactional_db: None, start_site: StartSite) -> Site:
    """A server with small limits for sockets. One is enough, because the application checks these."""
    return start_site(**SMALL_SOCKETS)


@pytest.fixture(scope="session")
def unbounded_daphne(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server for controls: our application in an unmodified daphne."""
    log = tmp_path_factory.mktemp("unbounded") / "log"
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}
    command = [sys.executable, "-m", "daphne", "wishlist_project.asgi:application", "-p"]
    with running_site(log, variables=own, command=lambda port: [*command, str(port)]) as site:
        yield site
