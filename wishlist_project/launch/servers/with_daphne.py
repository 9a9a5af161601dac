"""daphne, the default server: a deep backlog, no access log (paths carry tokens), sockets as long as their session."""

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
"""How long a closed socket is given to say goodbye in turn; uvicorn gives as much.

autobahn would drop the connection after a second, and a client that is slower than that answers into a reset: some
libraries then forget what they were told just before the close, which is the reason for it.
"""


ANSWER_SECONDS = 5.0
"""How long requests are given to be answered when the server stops; uvicorn gives as much."""

FLUSH_SECONDS = 2.0


class RawFramesServer(daphne.server.Server):
    """daphne within our bounds, with raw frames to each socket, and a shutdown that everybody is told of."""

    is_stopping = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bounds = {"websocket_max_message_size": MESSAGE_BYTES, "websocket_max_frame_size": MESSAGE_BYTES}
        super().__init__(*args, **bounds | kwargs)

    def run(self) -> None:
        connections = open_connections()
        # By these names daphne makes its factories, and takes no others.
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
        """Called before the reactor ends, which waits until this is done.

        daphne's own waits for the first application that ends, and then all other sockets are cut.
        """
        self.is_stopping = True
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._stop()))

    async def _stop(self) -> None:
        """Take nobody in any more, close sockets with 4503, let requests be answered, and send what was written."""
        for listener in self.listeners:
            listener.addCallback(lambda port: port.stopListening())
        cancel(self._running(of_sockets=True))
        if requests := self._running(of_sockets=False):
            await asyncio.wait(requests, timeout=ANSWER_SECONDS)
        # Who was connected already may have opened a socket meanwhile.
        running = [*self._running(of_sockets=True), *self._running(of_sockets=False)]
        cancel(running)
        await asyncio.gather(*running, return_exceptions=True)
        await self._flush()

    async def _flush(self) -> None:
        """Wait for those who read slowly, but not long."""
        deadline = asyncio.get_running_loop().time() + FLUSH_SECONDS
        while self._unsent() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)

    def _unsent(self) -> int:
        transports = {getattr(protocol, "transport", None) for protocol in self.connections}
        return sum(unsent_by(transport) for transport in transports if hasattr(transport, "dataBuffer"))

    def _running(self, *, of_sockets: bool) -> list[asyncio.Future[None]]:
        """The applications that are not done, of sockets or of requests."""
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
    """Until a signal ends it. `where` listens; `ready` is called when connections are taken, `often` every second."""
    server = RawFramesServer(
        application,
        # Twisted makes a copy of its own and closes the number that it was given.
        endpoints=build_endpoint_description_strings(file_descriptor=where.detach()),
        websocket_timeout=-1,
        ready_callable=ready,
    )
    stop_on_ctrl_c()
    reactor.callWhenRunning(every_second, reactor.callLater, *often)
    logging.getLogger("daphne").setLevel(logging.WARNING)
    server.run()


def stop_on_ctrl_c() -> None:
    """Stop the reactor on Ctrl-C, also on one that comes before it runs.

    Twisted's own handler is installed late in the start, and until then a KeyboardInterrupt is raised into callbacks that
    swallow it. Blocking the signal meanwhile is not enough: the system then gives it to any other thread.
    """

    signal.signal(signal.SIGINT, lambda _signal, _frame: reactor.callFromThread(_stop_once))


def _stop_once() -> None:
    with contextlib.suppress(ReactorNotRunning):  # a second Ctrl-C
        reactor.stop()  # type: ignore[misc]  # zope.interface, untyped
