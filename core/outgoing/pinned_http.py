"""Make one HTTP request to one address that was checked before, within a budget that the server can't extend.

requests-hardened pins the connection and keeps names for TLS. This module adds two things: it connects to the checked
address instead of looking the name up, and it counts time and bytes at the socket. The libraries' time-outs start again
with every byte, and count only the body, not headers, redirects or `100 Continue`.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from functools import partial
from typing import Any

from requests import PreparedRequest
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool


class Budget:
    """What one fetch may still use, from the first look-up to the last byte after the last redirect."""

    def __init__(self, *, seconds: float, wire_bytes: int) -> None:
        self._ends_at = time.monotonic() + seconds
        self.bytes_left = wire_bytes

    def seconds_left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("The time for this fetch is over.")
        return left


class _MeteredReader(io.RawIOBase):
    """Reads from a socket until the time is up (an error) or the bytes are used up (the end of the stream)."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, budget: Budget) -> None:
        self._raw, self._sock, self._budget = raw, sock, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._budget.bytes_left <= 0:
            return 0
        self._sock.settimeout(self._budget.seconds_left())
        got: int | None = self._raw.readinto(memoryview(buffer)[: self._budget.bytes_left])
        self._budget.bytes_left -= got or 0
        return got

    def close(self) -> None:
        self._raw.close()
        super().close()


class _MeteredResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_MeteredReader(self.fp.detach(), sock, budget))
        self._budget = budget

    def begin(self) -> None:
        """Refuse headers that were cut short by the budget. Remove cookies, so that they are not even parsed."""
        super().begin()
        if self._budget.bytes_left <= 0:
            raise http.client.HTTPException("The headers are too long.")
        for name in ("Set-Cookie", "Set-Cookie2"):
            del self.headers[name]


class _Metered(HTTPConnection):
    def __init__(self, *args: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._budget = budget
        self.response_class = partial(_MeteredResponse, budget=budget)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        # The TLS handshake comes next. Without this it would get the whole connection time-out again.
        sock.settimeout(self._budget.seconds_left())
        return sock


class _MeteredTLS(_Metered, HTTPSConnection):
    pass


class PinnedAdapter(IPFilterAdapter):
    """Sends a request whose URL contains the checked address, with `host` as the name that the server sees.

    Since the URL contains an address, the base adapter looks nothing up. Its own address filter still runs as a second
    check. It is relaxed only for loopback addresses, where tests serve.
    """

    def __init__(
        self, *, scheme: str, host: str, authority: str, budget: Budget, allow_loopback: bool
    ) -> None:
        super().__init__(is_https_proto=scheme == "https", allow_loopback=allow_loopback)
        self._host, self._authority, self._budget = host, authority, budget

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(request, verify, cert)
        request.headers["Host"] = self._authority
        if self._is_https_proto:
            pool_kwargs |= {"assert_hostname": self._host, "server_hostname": self._host}
        return host_params, pool_kwargs

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **kwargs)
        connection = _MeteredTLS if self._is_https_proto else _Metered
        pool.ConnectionCls = partial(connection, budget=self._budget)  # type: ignore[assignment]
        return pool
