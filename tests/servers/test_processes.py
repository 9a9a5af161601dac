"""Several server processes behind one port: all take connections, one that dies comes back, and all end together."""

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
"""That all of them fall to one of two processes happens once in thirty thousand times."""
ESTABLISHED, LISTENS = "01", "0A"
"""As /proc/net/tcp has it."""


@pytest.fixture(params=["daphne", "uvicorn"])
def two(request: pytest.FixtureRequest, transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """One start of two processes, which hear of changes by hints alone: Redis has to carry them."""
    own = _of_two(request.param)
    with running_site(tmp_path / "log", variables=own) as site:
        _wait_until(lambda: len(_serving(site)) == 2 and _all_listen(site))
        yield site


@pytest.mark.postgresql
@pytest.mark.redis
def test_all_are_told_one_that_is_killed_comes_back_and_all_end_together(
    two: Site, bob: User, wishlist: Wishlist, item: Item
) -> None:
    _everybody_hears_of_everything(two, bob, wishlist, item)
    killed = min(_serving(two))
    os.kill(killed, signal.SIGKILL)
    _wait_until(lambda: killed not in _serving(two) and len(_serving(two)) == 2)
    for _ in range(SOCKETS):  # those that fall to the new one wait until it has come up
        assert httpx.get(f"{two.url}/health", timeout=SECONDS, verify=NO_TLS).status_code == 200
    serving = _serving(two)
    assert two.stop(signal.SIGTERM) == 0
    assert not [process for process in serving if Path(f"/proc/{process}").exists()]
    assert two.output().count("Stopped. Your data is kept.") == 1


@pytest.mark.postgresql
@pytest.mark.redis
def test_one_that_is_frozen_is_replaced_and_everybody_is_served(two: Site) -> None:
    """What it had accepted is reset, and what waits on its socket is served by the next."""
    frozen = min(_serving(two))
    held = [socket.create_connection(("127.0.0.1", two.port), timeout=SECONDS) for _ in range(SOCKETS)]
    os.kill(frozen, signal.SIGSTOP)
    assert _answered(two, SECONDS) == SOCKETS
    _wait_until(lambda: frozen not in _serving(two) and len(_serving(two)) == 2)
    for one in held:
        one.close()
    assert "is stopped. It is being replaced" in two.output()


def _answered(site: Site, patience: float) -> int:
    """How many of so many, at the same time, get an answer. Each has a connection of its own."""

    def is_answered(_number: int) -> bool:
        try:
            return httpx.get(f"{site.url}/health", timeout=patience, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    with ThreadPoolExecutor(SOCKETS) as threads:
        return sum(threads.map(is_answered, range(SOCKETS)))


def _everybody_hears_of_everything(site: Site, by: User, wishlist: Wishlist, item: Item) -> None:
    """Whichever process a socket or a request falls to."""
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
def test_none_outlives_the_first(two: Site) -> None:
    """Killed, it can tell nobody anything, and whoever keeps the port would stand in the way of the next start."""
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
"""A `manage.py` with which no process has anything to do with another: each has a channel layer of its own, the first
one looks on when one ends or is frozen, and none notices that the first is gone."""


@pytest.mark.postgresql
@pytest.mark.redis
def test_control_processes_that_are_each_for_itself(
    transactional_db: None, tmp_path: Path, alice: User, bob: User, wishlist: Wishlist, item: Item
) -> None:
    """Some are not told, nobody comes back, and they outlive the first."""
    script = tmp_path / "manage.py"
    script.write_text(EACH_FOR_ITSELF)
    own = _of_two("daphne") | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), "serve"]
    with running_site(tmp_path / "log", variables=own, command=lambda _port: command) as site:
        _wait_until(lambda: len(_serving(site)) == 2 and _all_listen(site))
        with ExitStack() as stack:
            for process in _serving(site):
                stack.callback(_kill, process)
            _only_one_process_is_told(site, alice, bob, wishlist, item)
            killed = min(_serving(site))
            os.kill(killed, signal.SIGSTOP)
            assert _answered(site, 10.0) < SOCKETS
            os.kill(killed, signal.SIGKILL)
            _wait_until(lambda: killed not in _serving(site))
            [left] = _serving(site)
            _wait_until(lambda: _knock_in_vain(site, left))
            site.process.kill()
            site.process.wait()
            assert _answers(site)
            assert _runs(left)
            with pytest.raises(OSError, match="in use"):
                socket.create_server(("127.0.0.1", site.port))


def _only_one_process_is_told(site: Site, alice: User, bob: User, wishlist: Wishlist, item: Item) -> None:
    told: set[int] = set()

    def ask() -> bool:
        for number, ws in enumerate(clients):
            if any(frame["event"] == "item_updated" for frame in ws.until_pong()):
                told.add(number)
        return len(told) in held

    with _following(site, bob, wishlist) as clients:
        held = {_sockets_of(process, site.port) for process in _serving(site)}
        assert 0 not in held
        headers = {"Authorization": f"Bearer {token_of(alice)}"}
        address = f"{site.url}/api/v1/items/{item.pk}"
        done = httpx.patch(address, json={"title": "Teapot"}, headers=headers, timeout=SECONDS, verify=NO_TLS)
        assert done.status_code == 200
        _wait_until(ask)
        assert len(told) < SOCKETS


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


def _of_two(server: str) -> dict[str, str]:
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "5"}
    return own | {"PROCESSES": "2", "SERVER": server, "REALTIME_LOOK_SECONDS": "0"}


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
    mine = _inodes_of(process)
    return sum(row[9] in mine for row in _rows_of(port, ESTABLISHED))


def _inodes_of(process: int) -> set[str]:
    """Of its sockets."""
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


def _knock_in_vain(site: Site, left: int) -> bool:
    """Of so many connections some fall to the socket of whoever is gone, and wait there."""
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
