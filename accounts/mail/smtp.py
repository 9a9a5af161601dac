"""An SMTP backend with a timeout for each step (EMAIL_TIMEOUT) and for the whole delivery.

A server that sends one byte every few seconds never exceeds the timeout of a step. Without a timeout for the whole, it
would block the sender forever.
"""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from threading import Timer

from django.core.mail.backends.smtp import EmailBackend

DELIVERY_SECONDS = 30.0


class _Watchdog:
    """Closes a connection after `seconds`. It duplicates the socket, because TLS detaches the original."""

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
    """An SMTP client that must finish within DELIVERY_SECONDS of the server's greeting."""

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
    """Django's SMTP backend with TimedSMTP."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TimedSMTP
