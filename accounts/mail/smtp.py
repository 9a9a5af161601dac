"""Mail by SMTP that ends: each step has a time-out (EMAIL_TIMEOUT), and so has the whole of a delivery.

A server that sends one byte every few seconds exceeds no time-out of a step. With no limit on the whole, it would block
the sender for ever.
"""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from threading import Timer

from django.core.mail.backends.smtp import EmailBackend

DELIVERY_SECONDS = 30.0


class _Watchdog:
    """Cuts a connection when its time is over. It has its own handle on it, since TLS takes the first one away."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._handle = connected.dup()
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        self._timer.cancel()
        self._handle.close()

    def _cut(self) -> None:
        with suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)


class TimedSMTP(smtplib.SMTP):
    """From the server's greeting on, everything has to be done in DELIVERY_SECONDS."""

    _watchdog: _Watchdog | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self._watchdog is None and self.sock is not None:
            self._watchdog = _Watchdog(self.sock, DELIVERY_SECONDS)
        return super().getreply()

    def close(self) -> None:
        super().close()
        if self._watchdog is not None:
            self._watchdog.end()
            self._watchdog = None


class TimedBackend(EmailBackend):
    """Django's SMTP backend, with a connection that ends."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TimedSMTP
