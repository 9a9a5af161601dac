"""daphne, the default server: a deep backlog, no access log (paths carry tokens), sockets as long as their session."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import daphne.server
from daphne.endpoints import build_endpoint_description_strings
from twisted.internet import reactor

from realtime.wires import EXTENSION
from wishlist_project.launch.connections import every_second
from wishlist_project.launch.daphne_http import BoundedFactory, BoundedSocketFactory
from wishlist_project.launch.daphne_wire import DaphneWire
from wishlist_project.launch.server_bounds import open_connections, request_bounds

GOODBYE_SECONDS = 10.0
"""How long a closed socket is given to say goodbye in turn; uvicorn gives as much.

autobahn would drop the connection after a second, and a client that is slower than that answers into a reset: some
libraries then forget what they were told just before the close, which is the reason for it.
"""


class WiredServer(daphne.server.Server):
    """daphne, with a wire to each socket for the hub."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope["extensions"] = {EXTENSION: DaphneWire(protocol)}
            protocol.closeHandshakeTimeout = GOODBYE_SECONDS
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """daphne stumbles over a request that became a socket in the last second, and then nobody is told goodbye."""
        for protocol, details in list(self.connections.items()):
            if "application_instance" not in details:
                del self.connections[protocol]
        return super().kill_all_applications()


def serve(application: Any, where: socket.socket, ready: Callable[[], None]) -> None:
    """Until a signal ends it. `where` listens; `ready` is called when connections are taken."""
    logging.getLogger("daphne").setLevel(logging.WARNING)
    connections = open_connections()
    # By these names daphne makes its factories, and takes no others.
    bounded = partial(BoundedFactory, bounds=request_bounds(), connections=connections)
    vars(daphne.server).update(HTTPFactory=bounded, WebSocketFactory=BoundedSocketFactory)
    server = WiredServer(
        application,
        # Twisted makes a copy of its own and closes the number that it was given.
        endpoints=build_endpoint_description_strings(file_descriptor=where.detach()),
        websocket_timeout=-1,
        ready_callable=ready,
    )
    # What the reactor starts with swallows a Ctrl-C, until it listens for one itself: so long it waits.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    reactor.callWhenRunning(signal.pthread_sigmask, signal.SIG_UNBLOCK, {signal.SIGINT})
    reactor.callWhenRunning(every_second, reactor.callLater, connections.sweep)
    server.run()
