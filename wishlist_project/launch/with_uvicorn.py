"""uvicorn, from the extra `fast`: the same promises as daphne's, and the same bounds."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from wishlist_project.launch.listening import BACKLOG
from wishlist_project.launch.uvicorn_wire import WiredProtocol


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def serve(application: Any, where: socket.socket, ready: Callable[[], None]) -> None:
    """Until a signal ends it. `where` listens; `ready` is called when connections are taken."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        application,
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        ws=WiredProtocol,
        # 25 KiB a socket, and four fifths of the speed, for frames that are built once.
        ws_per_message_deflate=False,
        ws_max_size=1024 * 1024,
        ws_ping_timeout=30,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, ready)
    try:
        server.run(sockets=[where])
    except KeyboardInterrupt:
        return
