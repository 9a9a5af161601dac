"""Start our servers with a short ping interval and a short wait for the pong, so that tests need not wait.

`python -m tests.sockets.impatient uvicorn 8000`
"""

from __future__ import annotations

import socket
import sys
from typing import Any
from unittest.mock import patch

import uvicorn

from wishlist_project.asgi import application
from wishlist_project.launch.servers import with_daphne

from wishlist_project.launch.servers import with_uvicorn  # isort: skip - after the models are loaded

PING_SECONDS, PONG_SECONDS = 1, 8

_Config, _Server = uvicorn.Config, with_daphne.RawFramesServer


def main(server: str, port: int) -> None:
    where = socket.create_server(("127.0.0.1", port))
    if server == "uvicorn":
        with patch("uvicorn.Config", _config):
            with_uvicorn.serve(application, where, lambda: None)
    else:
        with patch.object(with_daphne, "RawFramesServer", _server):
            with_daphne.serve(application, where, lambda: None)


def _config(*arguments: Any, **options: Any) -> uvicorn.Config:
    return _Config(
        *arguments, **options | {"ws_ping_interval": PING_SECONDS, "ws_ping_timeout": PONG_SECONDS}
    )


def _server(*arguments: Any, **options: Any) -> with_daphne.RawFramesServer:
    return _Server(*arguments, **options, ping_interval=PING_SECONDS, ping_timeout=PONG_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
