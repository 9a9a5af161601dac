"""Write raw frames to a WebSocket of daphne, for the hub (see realtime/delivery/raw_frames.py)."""

from __future__ import annotations

from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol

HURRY_SECONDS = 1.0


class DaphneFrameWriter:
    """Writes to the kernel directly.

    Twisted's `write` waits until the reactor reports the socket as writable: two more system calls and a loop iteration for
    each message. It is used only for the bytes that the kernel does not accept at once.
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
            # It returns an exception for a lost connection. Twisted's own `write` below handles that.
            sent = taken if isinstance(taken, int) else 0
        if sent < len(frame):
            transport.write(frame[sent:])

    def waiting(self) -> int:
        transport = self._protocol.transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    def hurry(self) -> None:
        """Shorten the closing handshake: a client that does not read will not answer it. (daphne's close itself never waits.)"""
        self._protocol.closeHandshakeTimeout = HURRY_SECONDS
