"""uvicorn's WebSocket protocol, which lets the hub write raw frames (see realtime/delivery/raw_frames.py)."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode
from websockets.protocol import State

from core.asgi.early_answers import EarlyRefusal
from realtime.delivery.raw_frames import EXTENSION
from realtime.protocol import Close
from wishlist_project.launch.servers.connections import Connection, Connections


class RawFramesProtocol(WebSocketsSansIOProtocol):
    """A WebSocket to which the hub writes frames. It ignores uvicorn's flow control, because the send queue has its own limit."""

    def __init__(self, *, connections: Connections, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._table = connections
        self._connection: Connection | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._connection = self._table.upgrading.pop(transport)
        self._connection.peer = self  # the HTTP protocol is no longer needed

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._connection.is_closed()
        super().connection_lost(exc)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept" and self._connection is not None:
            self._connection.socket_is_open()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            # The application's task exists but has not run yet, so the scope can still be changed.
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self

    def send_receive_event_to_app(self) -> None:
        """Close the socket with 1007 on invalid UTF-8, as RFC 6455 requires. uvicorn would log a traceback each time."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(CloseCode.INVALID_DATA)
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()

    def refuse(self, refusal: EarlyRefusal) -> None:
        """Abort. Only a handshake that takes too long gets here."""
        self.abort()

    def close(self) -> None:
        self.transport.close()

    def abort(self) -> None:
        self.transport.abort()

    def unsent(self) -> int:
        return self.waiting()

    def write(self, frame: bytes) -> None:
        if self.conn.state is State.OPEN and not self.transport.is_closing():
            self.transport.write(frame)

    def waiting(self) -> int:
        return self.transport.get_write_buffer_size()

    def hurry(self) -> None:
        self.writable.set()

    def keepalive_timeout(self) -> None:
        """Abort without a close frame, because the client is gone. uvicorn would send 1011."""
        self.transport.abort()

    def shutdown(self) -> None:
        """Close with the code of the contract. uvicorn would send 1012."""
        if self.conn.state is not State.OPEN:
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(Close.COME_BACK)})
        self.conn.send_close(int(Close.COME_BACK))
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
