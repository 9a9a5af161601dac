"""daphne's HTTP protocol with our limits: the event loop writes no body to disk and parses no form.

Twisted's `Request` would store a body of any size on disk, and parse forms before ASGI gets them. Its channel would wait
forever for the rest of a request, as long as a byte arrives now and then.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.web.http import HTTPChannel

from core.asgi.early_answers import EarlyRefusal, early_answer
from core.http.request_bounds import (
    RequestBounds,
    headers_too_large,
    malformed_request,
    uri_too_long,
)
from wishlist_project.launch.servers.connections import Connection, Connections, Phase, Refused
from wishlist_project.launch.servers.raw_answers import raw_answer

_Channel: Any = HTTPChannel
"""Typed as Any, because Twisted is only partly typed."""


class BoundedRequest(WebRequest):
    """A request whose body stays in memory, within the limits, and is parsed by the application."""

    channel: BoundedChannel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:
        self.content = io.BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        self.channel.body_arrives(len(data), chunked=self.channel.length is None)
        super().handleContentChunk(data)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Send daphne's own refusals as problem documents."""
        failed = EarlyRefusal(status, "server_error", "The server could not answer this request. Try again.")
        refusal = malformed_request() if status < HTTPStatus.INTERNAL_SERVER_ERROR else failed
        headers, text = early_answer(refusal, self.path.decode("latin-1"), dict(self.channel.headers()))
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": text})


class BoundedChannel(_Channel):
    """A connection. It implements the table's `Peer`."""

    factory: BoundedFactory
    connection: Connection | None = None
    _refused = False

    def connectionMade(self) -> None:
        self.totalHeadersSize = self.factory.bounds.header_bytes
        self.MAX_LENGTH = self.factory.bounds.header_bytes
        self.maxHeaders = self.factory.bounds.headers
        super().connectionMade()
        self.connection = self.factory.connections.open(self, str(getattr(self.getPeer(), "host", "")))
        if self.connection is None:
            self._drop_everything()
            self.abort()
        else:
            self.transport.connection_of_table = self.connection

    def dataReceived(self, data: bytes) -> None:
        if self.connection is None:
            return
        if self._refused:
            self.connection.drops(len(data))
            return
        self.connection.request_begins()
        try:
            super().dataReceived(data)
        except Refused as refused:
            self.refuse(refused.refusal)

    def lineReceived(self, line: bytes) -> None:
        if self._receivedHeaderSize + len(line) > self.totalHeadersSize:
            self.refuse(headers_too_large())
        else:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        self.refuse(headers_too_large() if self.requests else uri_too_long())

    def headerReceived(self, line: bytes) -> bool:
        if self._receivedHeaderCount >= self.maxHeaders:
            self.refuse(headers_too_large())
            return False
        return bool(super().headerReceived(line))

    def allHeadersReceived(self) -> None:
        """Check the request before Twisted answers 100 Continue."""
        if self._refused:
            return
        assert self.connection is not None
        refusal = self.connection.is_refused(self._path.partition(b"?")[0])
        refusal = refusal or self.factory.bounds.refusal(len(self._path), self.headers())
        if refusal is not None:
            self.refuse(refusal)
            return
        self.connection.body_begins(self.factory.bounds.largest_body(self.headers()))
        super().allHeadersReceived()

    def body_arrives(self, length: int, *, chunked: bool) -> None:
        assert self.connection is not None
        self.connection.body_arrives(length, chunked=chunked)

    def allContentReceived(self) -> None:
        if self._refused:
            return
        assert self.connection is not None
        self.connection.request_is_whole()
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        if self.connection is not None and not self._refused:
            self.connection.answered()
        super().requestDone(request)

    def connectionLost(self, reason: Any) -> None:
        if self.connection is not None:
            self.connection.is_closed()
        super().connectionLost(reason)

    def refuse(self, refusal: EarlyRefusal) -> None:
        if self._refused or self.connection is None:
            return
        if self.connection.phase in (Phase.ANSWER, Phase.IDLE):
            self.abort()
            return
        target = getattr(self, "_path", b"/")
        answer = raw_answer(refusal, getattr(self, "_command", b""), target, dict(self.headers()))
        self._drop_everything()
        self.transport.write(answer)
        self.connection.closes()
        # Close our sending half only. If it stayed open, the client might wait for more. A full close might lose the answer.
        self.transport.loseWriteConnection()

    def close(self) -> None:
        self.loseConnection()

    def abort(self) -> None:
        self.transport.abortConnection()

    def unsent(self) -> int:
        return unsent_by(self.transport)

    def _drop_everything(self) -> None:
        """Ignore everything that was received or will be."""
        self._refused = True
        self.clearLineBuffer()
        self._networkProducer.unregisterProducer()
        self._networkProducer.resumeProducing()

    def headers(self) -> list[tuple[bytes, bytes]]:
        if not self.requests:
            return []
        known = self.requests[-1].requestHeaders.getAllRawHeaders()
        return [(name.lower(), value) for name, values in known for value in values]

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.refuse(malformed_request())


def unsent_by(transport: Any) -> int:
    """Return the number of bytes that Twisted buffers because the kernel has not accepted them."""
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


class BoundedSocket(WebSocketProtocol):
    """A WebSocket on a connection that is already in the table."""

    def connectionMade(self) -> None:
        self.transport.connection_of_table.upgrades()
        super().connectionMade()

    def onOpen(self) -> None:
        self.transport.connection_of_table.socket_is_open()
        super().onOpen()

    def serverReject(self) -> None:
        """Reject with 503 while the server stops, because 403 would mean a bad credential."""
        if not self.server.is_stopping:
            super().serverReject()
            return
        deny: Any = ConnectionDeny
        self.handshake_deferred.errback(deny(code=503, reason="Service Unavailable"))
        del self.handshake_deferred
        self.server.protocol_disconnected(self)

    def connectionLost(self, reason: Any) -> None:
        self.transport.connection_of_table.is_closed()
        super().connectionLost(reason)


class BoundedSocketFactory(WebSocketFactory):
    protocol = BoundedSocket


class BoundedFactory(HTTPFactory):
    """Creates bounded channels, which create bounded requests."""

    protocol = BoundedChannel

    def __init__(self, server: Any, *, bounds: RequestBounds, connections: Connections) -> None:
        super().__init__(server)
        self.bounds, self.connections = bounds, connections
        self.timeOut = None  # the table has the time limits

    def buildProtocol(self, address: Any) -> BoundedChannel:
        channel: BoundedChannel = super().buildProtocol(address)
        channel.requestFactory = BoundedRequest
        return channel
