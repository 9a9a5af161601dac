"""Several server processes on one port: all accept connections, one that dies is replaced, and all end together."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from accounts.models import User
from tests.sockets.people import token_of
from tests.support.running.site import ROOT, Site, manage, running_site, shared_database_url
from tests.support.socket_client import NO_TLS, SocketClient
from wishlists.models import Item, Wishlist

SECONDS = 60.0
SOCKETS = 16
"""The probability that the same one of two processes gets all of them is one in thirty thousand."""
ESTABLISHED, LISTENS = "01", "0A"
"""States in /proc/net/tcp."""


@pytest.fixture(params=["daphne", "uvicorn"])
def two(request: pytest.FixtureRequest, transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Start two processes that learn of changes only by hints, which Redis must deliver."""
    own = _of_two(request.param)
    with running_site(tmp_path / "log", variables=own) as site:
        _wait_until(lambda: len(_serving(site)) == 2 and _all_listen(site))
        yield site


@pytest.mark.postgresql
@pytest.mark.redis
def test_all_sockets_get_changes_and_a_killed_process_is_replaced(
    two: Site, bob: User, wishlist: Wishlist, item: Item
) -> None:
    _everybody_gets_every_event(two, bob, wishlist, item)
    killed = min(_serving(two))
    os.kill(killed, signal.SIGKILL)
    _wait_until(lambda: killed not in _serving(two) and len(_serving(two)) == 2)
    for _ in range(SOCKETS):  # connections to the new process wait until it listens
        assert httpx.get(f"{two.url}/health", timeout=SECONDS, verify=NO_TLS).status_code == 200
    serving = _serving(two)
    assert two.stop(signal.SIGTERM) == 0
    assert not [process for process in serving if Path(f"/proc/{process}").exists()]
    assert two.output().count("Stopped. Your data is kept.") == 1


@pytest.mark.postgresql
@pytest.mark.redis
def test_frozen_process_is_replaced_and_all_requests_are_answered(two: Site) -> None:
    """Its accepted connections are reset, and those that wait on its socket are served by the next process."""
    frozen = min(_serving(two))
    held = [socket.create_connection(("127.0.0.1", two.port), timeout=SECONDS) for _ in range(SOCKETS)]
    os.kill(frozen, signal.SIGSTOP)
    assert _answered(two, SECONDS) == SOCKETS
    _wait_until(lambda: frozen not in _serving(two) and len(_serving(two)) == 2)
    for one in held:
        one.close()
    assert "is stopped. It is being replaced" in two.output()


def _answered(site: Site, patience: float) -> int:
    """Return how many of SOCKETS concurrent requests, each on its own connection, get an answer."""

    def is_answered(_number: int) -> bool:
        try:
            return httpx.get(f"{site.url}/health", timeout=patience, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    with ThreadPoolExecutor(SOCKETS) as threads:
        return sum(threads.map(is_answered, range(SOCKETS)))


def _everybody_gets_every_event(site: Site, by: User, wishlist: Wishlist, item: Item) -> None:
    """Check that every socket gets every change, no matter which process serves it."""
    with _following(site, by, wishlist) as clients:
        assert all(_sockets_of(process, site.port) for process in _serving(site))
        for title in ("first", "second"):
            item.title = title
            item.save(update_fields=["title"])
            assert {ws.until("item_updated")[-1]["item"]["title"] for ws in clients} == {title}


@contextmanager
def _following(site: Site, by: User, wishlist: Wishlist) -> Iterator[list[SocketClient]]:
    address = f"{site.url.replace('http', 'ws', 1)}/ws?access_token={token_of(by)}"
    with ExitStack() as stack:
        clients = [stack.enter_context(SocketClient(address)) for _ in range(SOCKETS)]
        for ws in clients:
            ws.send(event="subscribe", wishlist_id=str(wishlist.pk))
            ws.until("subscribed")
        yield clients


@pytest.mark.postgresql
@pytest.mark.redis
def test_no_process_outlives_the_supervisor(two: Site) -> None:
    """A killed supervisor cannot stop the others. A process that kept the port would block the next start."""
    serving = _serving(two)
    two.process.kill()
    two.process.wait()
    _wait_until(lambda: not any(_runs(process) for process in serving))
    socket.create_server(("127.0.0.1", two.port)).close()


EACH_FOR_ITSELF = """
import os, sys
os.environ["CHANNEL_PREFIX"] += f"_{os.getpid()}"
import django
django.setup()
from django.core.management import execute_from_command_line
from wishlist_project.launch.processes import Processes
from wishlist_project.management.commands import serve
Processes._end_unresponsive = lambda self: None
Processes._replace_ended = lambda self: [child.process.poll() for child in self._children]
serve.end_with_parent = lambda: None
execute_from_command_line(sys.argv)
"""
"""A `manage.py` with independent processes: each has its own channel layer, the supervisor does not replace a process that
ends or is frozen, and none notices that the supervisor is gone.
"""


@pytest.mark.postgresql
@pytest.mark.redis
def test_control_independent_processes(
    transactional_db: None, tmp_path: Path, alice: User, bob: User, wishlist: Wishlist, item: Item
) -> None:
    """Some sockets miss changes, no process is replaced, and the processes outlive the supervisor."""
    script = tmp_path / "manage.py"
    script.write_text(EACH_FOR_ITSELF)
    own = _of_two("daphne") | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), "serve"]
    with running_site(tmp_path / "log", variables=own, command=lambda _port: command) as site:
        _wait_until(lambda: len(_serving(site)) == 2 and _all_listen(site))
        with ExitStack() as stack:
            for process in _serving(site):
                stack.callback(_kill, process)
            _only_one_process_gets_the_event(site, alice, bob, wishlist, item)
            killed = min(_serving(site))
            os.kill(killed, signal.SIGSTOP)
            assert _answered(site, 10.0) < SOCKETS
            os.kill(killed, signal.SIGKILL)
            _wait_until(lambda: killed not in _serving(site))
            [left] = _serving(site)
            _wait_until(lambda: _connections_stay_unanswered(site, left))
            site.process.kill()
            site.process.wait()
            assert _answers(site)
            assert _runs(left)
            with pytest.raises(OSError, match="in use"):
                socket.create_server(("127.0.0.1", site.port))


def _only_one_process_gets_the_event(
    site: Site, alice: User, bob: User, wishlist: Wishlist, item: Item
) -> None:
    reached: set[int] = set()

    def ask() -> bool:
        for number, ws in enumerate(clients):
            if any(frame["event"] == "item_updated" for frame in ws.until_pong()):
                reached.add(number)
        return len(reached) in held

    with _following(site, bob, wishlist) as clients:
        held = {_sockets_of(process, site.port) for process in _serving(site)}
        assert 0 not in held
        headers = {"Authorization": f"Bearer {token_of(alice)}"}
        address = f"{site.url}/api/v1/items/{item.pk}"
        done = httpx.patch(address, json={"title": "Teapot"}, headers=headers, timeout=SECONDS, verify=NO_TLS)
        assert done.status_code == 200
        _wait_until(ask)
        assert len(reached) < SOCKETS


@pytest.mark.once
@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_several_processes_need_postgresql_and_redis(tmp_path: Path, missing: str) -> None:
    """On SQLite, or without Redis, several processes cannot keep the guarantees, so they do not start."""
    given = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = manage("serve", **(given | {missing: "", "PROCESSES": "2", "DATA_DIR": str(tmp_path)}))
    assert done.returncode == 1
    wanted = (
        "PROCESSES=2 needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL, or leave PROCESSES at 1.\n"
    )
    assert done.stderr == wanted


def _of_two(server: str) -> dict[str, str]:
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "5"}
    return own | {"PROCESSES": "2", "SERVER": server, "REALTIME_LOOK_SECONDS": "0"}


def _serving(site: Site) -> set[int]:
    """Return the ids of the processes that the supervisor has started."""
    children = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text()
    return {int(child) for child in children.split()}


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _sockets_of(process: int, port: int) -> int:
    """Return how many connections to that port the process has."""
    mine = _inodes_of(process)
    return sum(row[9] in mine for row in _rows_of(port, ESTABLISHED))


def _inodes_of(process: int) -> set[str]:
    """Return the inodes of the process's sockets."""
    found = set()
    for number in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(str(number.readlink()).removeprefix("socket:[").removesuffix("]"))
        except OSError:  # closed meanwhile
            continue
    return found


def _rows_of(port: int, state: str) -> list[list[str]]:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row for row in rows if row[1].endswith(f":{port:04X}") and row[3] == state]


def _all_listen(site: Site) -> bool:
    return len(_rows_of(site.port, LISTENS)) == 2


def _connections_stay_unanswered(site: Site, left: int) -> bool:
    """Open connections, some of which go to the socket of the killed process. Return whether any wait there."""
    for _ in range(SOCKETS):
        socket.create_connection(("127.0.0.1", site.port), timeout=SECONDS).close()
    theirs = _inodes_of(left)
    [queues] = [row[4] for row in _rows_of(site.port, LISTENS) if row[9] not in theirs]
    return int(queues.partition(":")[2], 16) > 0


def _answers(site: Site) -> bool:
    return httpx.get(f"{site.url}/health", timeout=SECONDS, verify=NO_TLS).status_code == 200


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
