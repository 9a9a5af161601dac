"""Run daphne, the default server: a large backlog, no access log (paths contain tokens), and no timeout for sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import daphne.server
from daphne.endpoints import build_endpoint_description_strings
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import defer, reactor
from twisted.internet.error import ReactorNotRunning

from realtime.delivery.raw_frames import EXTENSION
from realtime.protocol import MESSAGE_BYTES
from wishlist_project.launch.servers.connections import every_second
from wishlist_project.launch.servers.daphne_http import BoundedFactory, BoundedSocketFactory, unsent_by
from wishlist_project.launch.servers.daphne_raw_frames import DaphneFrameWriter
from wishlist_project.launch.servers.server_bounds import open_connections, request_bounds

GOODBYE_SECONDS = 10.0
"""Seconds for a client to answer the closing handshake, the same as uvicorn's.

autobahn would drop the connection after a second, and a slower client would get a reset. Some libraries then lose the
messages before the close, one of which gives the reason for it.
"""


ANSWER_SECONDS = 5.0
"""Seconds for running requests to finish when the server stops, the same as uvicorn's."""

FLUSH_SECONDS = 2.0


class RawFramesServer(daphne.server.Server):
    """daphne with our limits, with raw frames for the hub, and with a shutdown that closes every socket cleanly."""

    is_stopping = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bounds = {"websocket_max_message_size": MESSAGE_BYTES, "websocket_max_frame_size": MESSAGE_BYTES}
        super().__init__(*args, **bounds | kwargs)

    def run(self) -> None:
        connections = open_connections()
        # daphne creates its factories by these module attributes; it has no parameter for them.
        bounded = partial(BoundedFactory, bounds=request_bounds(), connections=connections)
        vars(daphne.server).update(HTTPFactory=bounded, WebSocketFactory=BoundedSocketFactory)
        reactor.callWhenRunning(every_second, reactor.callLater, connections.sweep)
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope["extensions"] = {EXTENSION: DaphneFrameWriter(protocol)}
            protocol.closeHandshakeTimeout = GOODBYE_SECONDS
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """Return a Deferred that the reactor waits for before it ends.

        daphne's own method waits only for the first application to end, and then all other sockets are cut.
        """
        self.is_stopping = True
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._stop()))

    async def _stop(self) -> None:
        """Stop listening, close sockets with 4503, let requests finish, and send what was written."""
        for listener in self.listeners:
            listener.addCallback(lambda port: port.stopListening())
        cancel(self._running(of_sockets=True))
        if requests := self._running(of_sockets=False):
            await asyncio.wait(requests, timeout=ANSWER_SECONDS)
        # Clients that were already connected may have opened a socket meanwhile.
        running = [*self._running(of_sockets=True), *self._running(of_sockets=False)]
        cancel(running)
        await asyncio.gather(*running, return_exceptions=True)
        await self._flush()

    async def _flush(self) -> None:
        """Wait for slow readers, up to FLUSH_SECONDS."""
        deadline = asyncio.get_running_loop().time() + FLUSH_SECONDS
        while self._unsent() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)

    def _unsent(self) -> int:
        transports = {getattr(protocol, "transport", None) for protocol in self.connections}
        return sum(unsent_by(transport) for transport in transports if hasattr(transport, "dataBuffer"))

    def _running(self, *, of_sockets: bool) -> list[asyncio.Future[None]]:
        """Return the unfinished applications, of sockets or of requests."""
        applications = [
            details.get("application_instance")
            for protocol, details in self.connections.items()
            if isinstance(protocol, WebSocketProtocol) is of_sockets
        ]
        return [application for application in applications if application and not application.done()]


def cancel(applications: Iterable[asyncio.Future[None]]) -> None:
    for application in applications:
        application.cancel()


def serve(
    application: Any,
    where: socket.socket,
    ready: Callable[[], None],
    often: Sequence[Callable[[], None]] = (),
) -> None:
    """Serve until a signal. `where` is listening; `ready` is called when connections are accepted, `often` every second."""
    server = RawFramesServer(
        application,
        # Twisted duplicates the descriptor and closes the one that it gets.
        endpoints=build_endpoint_description_strings(file_descriptor=where.detach()),
        websocket_timeout=-1,
        ready_callable=ready,
    )
    stop_on_ctrl_c()
    reactor.callWhenRunning(every_second, reactor.callLater, *often)
    logging.getLogger("daphne").setLevel(logging.WARNING)
    server.run()


def stop_on_ctrl_c() -> None:
    """Stop the reactor on Ctrl-C, even if it comes before the reactor runs.

    Twisted installs its own handler late in the start. Until then a KeyboardInterrupt is raised in callbacks that ignore
    it. Blocking the signal meanwhile is not enough, because the system then delivers it to another thread.
    """

    signal.signal(signal.SIGINT, lambda _signal, _frame: reactor.callFromThread(_stop_once))


def _stop_once() -> None:
    with contextlib.suppress(ReactorNotRunning):  # a second Ctrl-C
        reactor.stop()  # type: ignore[misc]  # zope.interface, untyped
