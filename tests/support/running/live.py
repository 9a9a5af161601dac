"""A real server process on the database of the running tests, and sockets into it.

`site` is started once a test process; `start_site` starts (once each) others with variables of their own. Tests that use
them ask for `transactional_db`: the server sees only what is committed. A `save()` in the test itself is then what a
shell's would be: another process, heard of through Redis where there is one and by the hub's look where there is none.
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
    """`start_site(REALTIME_LOOK_SECONDS="0")`: the same variables get the same process, said or left as they are.

    Looks often, so that what no hint can tell arrives soon. It serves one test after the other, whose people have the same
    addresses, so it bounds nobody unless a test asks for that.
    """
    started: dict[tuple[tuple[str, str], ...], Site] = {}
    with ExitStack() as stack:

        def start(**variables: str) -> Site:
            own = {"EMBEDDED_JOBS": "0", "DATABASE_POOL": "8", "SERVER": "daphne"}
            own |= {"REALTIME_LOOK_SECONDS": "0.3", "RATE_LIMITS": "0"} | variables
            key = tuple(sorted(own.items()))
            if key not in started:
                log = tmp_path_factory.mktemp("site") / "log"
                site = running_site(log, variables=own | {"DATABASE_URL": shared_database_url()})
                started[key] = stack.enter_context(site)
            return started[key]

        yield start


@pytest.fixture(scope="session")
def site(start_site: StartSite) -> Site:
    """The one that most tests share."""
    return start_site()


@pytest.fixture
def connect(site: Site) -> Iterator[OpenSocket]:
    """`connect("/ws?…")` opens a socket that the end of the test closes; `to=` another site than `site`."""
    with ExitStack() as stack:

        def open_socket(path: str = "/api/v1/ws", *, to: Site = site, **options: Any) -> SocketClient:
            return stack.enter_context(SocketClient(to.url.replace("http", "ws", 1) + path, **options))

        yield open_socket
