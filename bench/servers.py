"""The measured servers, and how each is started."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench.process import SECONDS, Process
from tests.support.running.servers import free_port


@dataclass(frozen=True)
class Kind:
    """A kind of server. Without `env` it is a baseline of `baselines.py`. `clients` processes generate its load."""

    name: str
    env: Mapping[str, str] | None = None
    command: Sequence[str] = ("manage.py", "serve")
    clients: int = 1
    deflate: bool = False
    most: int = 5_000

    @property
    def is_ours(self) -> bool:
        return self.env is not None

    @property
    def processes(self) -> int:
        return int((self.env or {}).get("PROCESSES", "1"))


UVICORN = {"SERVER": "uvicorn"}
DAPHNE = {"SERVER": "daphne"}
PLAIN = {"DJANGO_SETTINGS_MODULE": "bench.plain_settings"}
TWO = {"PROCESSES": "2"}
BARE = (
    "-m",
    "uvicorn",
    "--ws",
    "websockets-sansio",
    "--ws-per-message-deflate",
    "false",
    "--log-level",
    "warning",
)
KINDS = [
    Kind("raw"),
    Kind("websockets"),
    Kind("websockets-uvloop"),
    Kind("uvicorn", UVICORN),
    Kind("uvicorn-deflate-offered", UVICORN, deflate=True),
    Kind("uvicorn-send", {}, (*BARE, "--lifespan", "off", "wishlist_project.asgi:application", "--port")),
    Kind("daphne", DAPHNE),
    Kind("daphne-deflate-offered", DAPHNE, deflate=True),
    Kind("textbook", UVICORN | {"REALTIME_FANOUT": "channels"}, most=1_000),
]
PAIRS = [
    Kind("uvicorn", UVICORN, clients=2),
    Kind("uvicorn-two", UVICORN | TWO, clients=2),
    Kind("daphne", DAPHNE, clients=2),
    Kind("daphne-two", DAPHNE | TWO, clients=2),
]
HTTP = [
    Kind("plain-uvicorn", UVICORN | PLAIN),
    Kind("uvicorn", UVICORN),
    Kind("plain-daphne", DAPHNE | PLAIN),
    Kind("daphne", DAPHNE),
]


def kind_called(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


@dataclass
class Server:
    """A started server."""

    process: Process
    port: int

    def wait(self, kind: Kind) -> None:
        """Wait until each of its processes accepts connections."""
        if not kind.is_ours:
            assert self.process.line() == "ready"
            return
        deadline = time.monotonic() + SECONDS
        while _listening(self.port) < kind.processes or not _is_healthy(self.port):
            if time.monotonic() > deadline or self.process.popen.poll() is not None:
                raise RuntimeError(f"{kind.name} did not come up: {self.process.said}")
            time.sleep(0.1)


def start(kind: Kind, env: Mapping[str, str], log: Path) -> Server:
    port = free_port()
    if not kind.is_ours:
        return Server(Process("bench/baselines.py", kind.name, port, env=env, log=log), port)
    own = dict(env) | dict(kind.env or {}) | {"PORT": str(port)}
    last = [str(port)] if "--port" in kind.command else []
    return Server(Process(*kind.command, *last, env=own, log=log), port)


def _listening(port: int) -> int:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def _is_healthy(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
            return True
    except OSError:
        return False
