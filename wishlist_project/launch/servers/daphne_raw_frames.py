"""Write raw frames to a socket of daphne's (see realtime/delivery/raw_frames.py)."""

from __future__ import annotations

from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol

HURRY_SECONDS = 1.0


class DaphneFrameWriter:
    """Writes to the kernel at once.

    Twisted's own `write` asks the reactor to call back when the socket can be written to: two more system calls and a
    turn of the loop for each message. Only what the kernel does not take goes that way.
    """

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def write(self, frame: bytes) -> None:
        if self._protocol.state != WebSocketProtocol.STATE_OPEN:
            return
        transport = self._protocol.transport
        sent = 0
        if not transport._tempDataLen and not transport.dataBuffer and transport.connected:
            taken = transport.writeSomeData(frame)
            # A lost connection comes back as an exception; Twisted finds out for itself with its own write.
            sent = taken if isinstance(taken, int) else 0
        if sent < len(frame):
            transport.write(frame[sent:])

    def waiting(self) -> int:
        transport = self._protocol.transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    def hurry(self) -> None:
        """daphne's close never waits; whoever did not read will not say goodbye either."""
        self._protocol.closeHandshakeTimeout = HURRY_SECONDS
