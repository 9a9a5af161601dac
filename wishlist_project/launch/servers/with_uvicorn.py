"""Run uvicorn, from the extra `fast`, with the same guarantees and limits as daphne."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import uvicorn
from django.conf import settings

from realtime.protocol import MESSAGE_BYTES
from wishlist_project.launch.listening import BACKLOG
from wishlist_project.launch.servers.connections import every_second
from wishlist_project.launch.servers.server_bounds import open_connections, request_bounds
from wishlist_project.launch.servers.uvicorn_http import BoundedProtocol
from wishlist_project.launch.servers.uvicorn_raw_frames import RawFramesProtocol


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def _ready(told: Callable[[], None], often: Sequence[Callable[[], None]]) -> None:
    every_second(asyncio.get_running_loop().call_later, *often)
    told()


def serve(
    application: Any,
    where: socket.socket,
    ready: Callable[[], None],
    often: Sequence[Callable[[], None]] = (),
) -> None:
    """Serve until a signal. `where` is listening; `ready` is called when connections are accepted, `often` every second."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    # With a line for each refused request, clients could fill the disk.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    connections = open_connections()
    http = partial(BoundedProtocol, bounds=request_bounds(), connections=connections)
    config = uvicorn.Config(
        application,
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        http=cast("type[asyncio.Protocol]", http),
        ws=cast("type[asyncio.Protocol]", partial(RawFramesProtocol, connections=connections)),
        timeout_keep_alive=settings.KEEP_ALIVE_SECONDS,
        # Compression costs 25 KiB per socket and four fifths of the speed, for frames that are built once.
        ws_per_message_deflate=False,
        ws_max_size=MESSAGE_BYTES,
        ws_ping_timeout=30,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, lambda: _ready(ready, [connections.sweep, *often]))
    try:
        server.run(sockets=[where])
    except KeyboardInterrupt:
        return
