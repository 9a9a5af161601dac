"""Several server processes behind one port: all take connections, one that dies comes back, and all end together."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from accounts.models import User
from wishlist_project.tests.site import Site, manage, running_site, shared_database_url
from wishlist_project.tests.sockets.people import token_of
from wishlist_project.tests.wire import Wire
from wishlists.models import Item, Wishlist

SECONDS = 60.0
SOCKETS = 16
"""That all of them fall to one of two processes happens once in thirty thousand times."""


@pytest.fixture(params=["daphne", "uvicorn"])
def two(request: pytest.FixtureRequest, transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """One start of two processes, which hear of changes by hints alone: Redis has to carry them."""
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "5"}
    own |= {"PROCESSES": "2", "SERVER": request.param, "REALTIME_LOOK_SECONDS": "0"}
    with running_site(tmp_path / "log", variables=own) as site:
        _wait_until(lambda: len(_serving(site)) == 2 and _all_listen(site))
        yield site


@pytest.mark.postgresql
@pytest.mark.redis
def test_sockets_of_all_processes_are_told(two: Site, bob: User, wishlist: Wishlist, item: Item) -> None:
    """Whichever process a socket or a request falls to: everybody hears of everything."""
    address = f"{two.url.replace('http', 'ws', 1)}/ws?access_token={token_of(bob)}"
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(address)) for _ in range(SOCKETS)]
        for wire in wires:
            wire.send(event="subscribe", wishlist_id=str(wishlist.pk))
            wire.until("subscribed")
        assert all(_sockets_of(process, two.port) for process in _serving(two))
        for title in ("first", "second"):
            item.title = title
            item.save(update_fields=["title"])
            assert {wire.until("item_updated")[-1]["item"]["title"] for wire in wires} == {title}


@pytest.mark.postgresql
@pytest.mark.redis
def test_one_that_is_killed_comes_back_and_all_end_together(two: Site) -> None:
    killed = min(_serving(two))
    os.kill(killed, signal.SIGKILL)
    _wait_until(lambda: killed not in _serving(two) and len(_serving(two)) == 2)
    for _ in range(SOCKETS):  # those that fall to the new one wait until it has come up
        assert httpx.get(f"{two.url}/health", timeout=SECONDS).status_code == 200
    serving = _serving(two)
    assert two.stop(signal.SIGTERM) == 0
    assert not [process for process in serving if Path(f"/proc/{process}").exists()]
    assert two.output().count("Stopped. The data is kept.") == 1


@pytest.mark.postgresql
@pytest.mark.redis
def test_none_outlives_the_first(two: Site) -> None:
    """Killed, it can tell nobody anything, and whoever keeps the port would stand in the way of the next start."""
    serving = _serving(two)
    two.process.kill()
    two.process.wait()
    _wait_until(lambda: not any(_runs(process) for process in serving))
    socket.create_server(("127.0.0.1", two.port)).close()


@pytest.mark.once
@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_embedded_is_one_process(tmp_path: Path, missing: str) -> None:
    """On SQLite, or with the layer inside one process, several would not keep the promises: they do not start."""
    given = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = manage("serve", **(given | {missing: "", "PROCESSES": "2", "DATA_DIR": str(tmp_path)}))
    assert done.returncode == 1
    wanted = (
        "PROCESSES=2 needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL, or leave PROCESSES at 1.\n"
    )
    assert done.stderr == wanted


def _serving(site: Site) -> set[int]:
    """The processes that the first one has started."""
    children = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text()
    return {int(child) for child in children.split()}


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _sockets_of(process: int, port: int) -> int:
    """How many connections to that port the process holds."""
    mine = set()
    for number in Path(f"/proc/{process}/fd").iterdir():
        try:
            mine.add(str(number.readlink()))
        except OSError:  # closed meanwhile
            continue
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    at_port = [row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"]
    return sum(f"socket:[{inode}]" in mine for inode in at_port)


def _all_listen(site: Site) -> bool:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{site.port:04X}") and row[3] == "0A" for row in rows) == 2


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
