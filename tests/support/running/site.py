"""Run the site as a separate process: `manage.py serve` on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.db import connection

from tests.support.running.servers import free_port
from tests.support.socket_client import NO_TLS

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 180.0


@dataclass
class Site:
    url: str
    port: int
    process: subprocess.Popen[str]
    log: Path

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def output(self) -> str:
        return self.log.read_text()


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` with these arguments, and wait for its end."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def running_site(
    log: Path,
    *,
    arguments: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    command: Callable[[int], Sequence[str]] | None = None,
    port: int | None = None,
) -> Iterator[Site]:
    """Start the site and yield it when it answers `/health`. Kill it afterwards. Its output goes to `log`.

    `command` returns another command for a port than `manage.py serve`. `port` reuses the port of a killed site.
    """
    port = port or free_port()
    env = os.environ | {"PORT": str(port)} | dict(variables or {})
    with log.open("w") as output:
        process = subprocess.Popen(
            command(port) if command else [sys.executable, "manage.py", "serve", *arguments],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    site = Site(f"http://127.0.0.1:{port}", port, process, log)
    try:
        _wait_until_healthy(site)
        yield site
    finally:
        process.kill()
        process.wait()


def shared_database_url() -> str:
    """Return the URL of the test's database, for a site that shares it. Needs `transactional_db`, so that rows are committed."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    login = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    return f"postgres://{login}@{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"


def _wait_until_healthy(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and site.process.poll() is None:
        try:
            if httpx.get(f"{site.url}/health", timeout=5, verify=NO_TLS).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"The site did not come up: {site.output()}")
