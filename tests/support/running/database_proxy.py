"""A TCP proxy to the shared PostgreSQL that a test can cut or freeze without affecting other tests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from urllib.parse import urlsplit, urlunsplit


class DatabaseProxy:
    """Forwards bytes. After `cut` its address refuses connections; after `freeze` connections stay open without answers."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = parts.hostname or "127.0.0.1", parts.port or 5432
        self._frozen = False
        self._changed = Condition()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        self.url = urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{self._address[1]}"))
        self._listen()

    def cut(self) -> None:
        for one in (self._listener, *self._ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._ends.clear()

    def mend(self) -> None:
        self._listener = socket.create_server(self._address)
        self._listen()

    def freeze(self) -> None:
        self._frozen = True

    def thaw(self) -> None:
        with self._changed:
            self._frozen = False
            self._changed.notify_all()

    def _listen(self) -> None:
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(self._target)
                self._ends += [here, there]
                for pair in ((here, there), (there, here)):
                    Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                with self._changed:
                    self._changed.wait_for(lambda: not self._frozen)
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def database_proxy(target: str) -> Iterator[DatabaseProxy]:
    ws = DatabaseProxy(target)
    try:
        yield ws
    finally:
        ws.thaw()
        ws.cut()
