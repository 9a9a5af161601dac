"""uvicorn's HTTP protocol with our limits, the same as for daphne (see connections.py)."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.asgi.early_answers import EarlyRefusal
from core.http.request_bounds import RequestBounds, headers_too_large, malformed_request
from wishlist_project.launch.servers.connections import Connection, Connections, Phase, Refused
from wishlist_project.launch.servers.raw_answers import raw_answer

HEADERS_TOO_LARGE = 431


class BoundedParser(h11.Connection):
    """h11's parser. It reports what it reads to the table, and stops at a limit."""

    refusal: EarlyRefusal | None = None
    head: h11.Request | None = None
    _chunked = False

    def __init__(self, bounds: RequestBounds) -> None:
        super().__init__(h11.SERVER, bounds.header_bytes)
        self._bounds = bounds
        self.connection: Connection | None = None

    def next_event(self) -> Any:
        """Return the next event. Beyond a limit it raises h11's own error, which uvicorn handles."""
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            too_large = error.error_status_hint == HEADERS_TOO_LARGE
            self.refusal = headers_too_large() if too_large else malformed_request()
            raise
        try:
            self._look_at(event)
        except Refused as refused:
            self.refusal = refused.refusal
            raise h11.RemoteProtocolError(refused.refusal.code) from None
        return event

    def _look_at(self, event: Any) -> None:
        assert self.connection is not None
        if isinstance(event, h11.Request):
            self.head = event
            path = event.target.partition(b"?")[0]
            refusal = self.connection.is_refused(path) or self._bounds.refusal(
                len(event.target), list(event.headers)
            )
            if refusal is not None:
                raise Refused(refusal)
            self._chunked = any(name == b"transfer-encoding" for name, _value in event.headers)
            self.connection.body_begins(self._bounds.largest_body(event.headers))
        elif isinstance(event, h11.Data):
            self.connection.body_arrives(len(event.data), chunked=self._chunked)
        elif isinstance(event, h11.EndOfMessage):
            self.connection.request_is_whole()


class BoundedProtocol(H11Protocol):
    """A connection. It implements the table's `Peer`."""

    conn: BoundedParser

    def __init__(self, *, bounds: RequestBounds, connections: Connections, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn = BoundedParser(bounds)
        self._table = connections
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        connection = self._table.open(self, self.client[0] if self.client else "")
        self.conn.connection = connection
        if connection is None:
            self._refused = True
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.conn.connection is not None:
            self.conn.connection.is_closed()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        connection = self.conn.connection
        if connection is None:
            return
        if self._refused:
            connection.drops(len(data))
            return
        # In other states the bytes belong to a body whose request was already answered.
        if self.conn.their_state is h11.IDLE:
            connection.request_begins()
        super().data_received(data)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand over to the WebSocket protocol, which finds the connection by its transport."""
        assert self.conn.connection is not None
        self.conn.connection.upgrades()
        self._table.upgrading[self.transport] = self.conn.connection
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        if self.conn.connection is not None:
            self.conn.connection.answered()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self.refuse(self.conn.refusal or malformed_request())

    def refuse(self, refusal: EarlyRefusal) -> None:
        connection = self.conn.connection
        if self._refused or connection is None:
            return
        self._refused = True
        if connection.phase in (Phase.ANSWER, Phase.IDLE) or self._is_answering():
            self.abort()
            return
        head = self.conn.head
        known = (head.method, head.target, dict(head.headers)) if head else ()
        self.transport.write(raw_answer(refusal, *known))
        self.transport.write_eof()
        self._leave_application()
        self.flow.resume_reading()
        connection.closes()

    def close(self) -> None:
        self.transport.close()

    def abort(self) -> None:
        self.transport.abort()

    def unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def _is_answering(self) -> bool:
        return self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete

    def _leave_application(self) -> None:
        """Signal a disconnect to the application, which may wait for a body that will not be read."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
