"""Real server processes on the database of the tests, and sockets to them.

`site` is started once per test process; `start_site` starts others, once for each set of variables. Tests that use them
need `transactional_db`, because the server sees only committed rows. A `save()` in the test is then like one in a shell:
the server learns of it through Redis, or without Redis when the hub looks for events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.running.site import Site, running_site, shared_database_url
from tests.support.socket_client import SocketClient

StartSite = Callable[..., Site]
OpenSocket = Callable[..., SocketClient]


@pytest.fixture(scope="session")
def start_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartSite]:
    """Return a function that starts a server: `start_site(REALTIME_LOOK_SECONDS="0")`. Equal variables share a process.

    The hub looks often, so that events without a hint arrive soon. Rate limits are off unless a test sets them, because the
    users of all tests have the same addresses.
    """
    started: dict[tuple[tuple[str, str], ...], Site] = {}
    with ExitStack() as stack:

        def start(**variables: str) -> Site:
            own = {"EMBEDDED_JOBS": "0", "DATABASE_POOL": "8", "SERVER": "daphne"}
            own |= {
                "REALTIME_LOOK_SECONDS": "0.3",
                "RATE_LIMITS": "0",
                "STAFF_SECOND_FACTOR": "0",
            } | variables
            key = tuple(sorted(own.items()))
            if key not in started:
                log = tmp_path_factory.mktemp("site") / "log"
                site = running_site(log, variables=own | {"DATABASE_URL": shared_database_url()})
                started[key] = stack.enter_context(site)
            return started[key]

        yield start


@pytest.fixture(scope="session")
def site(start_site: StartSite) -> Site:
    """The server that most tests share."""
    return start_site()


@pytest.fixture
def connect(site: Site) -> Iterator[OpenSocket]:
    """Return a function that opens a socket until the end of the test: `connect("/ws?…")`. `to=` is the site."""
    with ExitStack() as stack:

        def open_socket(path: str = "/api/v1/ws", *, to: Site = site, **options: Any) -> SocketClient:
            return stack.enter_context(SocketClient(to.url.replace("http", "ws", 1) + path, **options))

        yield open_socket
