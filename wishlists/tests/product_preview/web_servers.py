"""Small hostile web servers on loopback. They send raw bytes, because real servers wouldn't send these."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from threading import Event, Thread

from core.outgoing.addresses import Address, Resolver

Speak = Callable[["Visit"], None]


class Visit:
    """An accepted connection: the request, and ways to answer that end with the server."""

    def __init__(self, sock: socket.socket, stopped: Event) -> None:
        self.sock, self.stopped = sock, stopped
        self.request = b""

    def listen(self) -> None:
        while b"\r\n\r\n" not in self.request and (got := self.sock.recv(65536)):
            self.request += got

    def say(self, text: bytes) -> None:
        self.sock.sendall(text)

    def repeat(self, text: bytes, *, every: float = 0) -> None:
        """Send for ever, until the client hangs up or the test is over."""
        while not self.stopped.wait(every):
            self.say(text)


class Server:
    """Accepts connections until closed, and remembers them. `speak` answers; without it, the server is a sentinel."""

    def __init__(
        self,
        speak: Speak = Visit.listen,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, dualstack_ipv6=host == "::")
        self.port: int = self._listener.getsockname()[1]
        self.visits: list[Visit] = []
        self._speak, self._tls, self._stopped = speak, tls, Event()
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.visits.append(visit := Visit(sock, self._stopped))
                Thread(target=self._serve, args=(visit,), daemon=True).start()

    def _serve(self, visit: Visit) -> None:
        with suppress(OSError):
            if self._tls:
                visit.sock = self._tls.wrap_socket(visit.sock, server_side=True)
            visit.listen()
            self._speak(visit)
        visit.sock.close()


Serve = Callable[..., Server]


def says(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Speak:
    """Return an ordinary response: an HTML page, unless the headers say otherwise."""
    kind = (
        ()
        if any(header.lower().startswith(b"content-type") for header in headers)
        else (b"Content-Type: text/html",)
    )
    head = b"\r\n".join((b"HTTP/1.1 " + status, *kind, *headers, b"Content-Length: %d" % len(body)))
    return lambda visit: visit.say(head + b"\r\n\r\n" + body)


def redirects(location: str) -> Speak:
    return says(b"", b"Location: " + location.encode(), status=b"302 Found")


def names(**hosts: str) -> Resolver:
    """Return a resolver for these names (`_` for a dot). Like the system's, it also reads all notations of an address."""
    table = {name.replace("_", "."): address for name, address in hosts.items()}

    def resolver(host: str, port: int) -> list[Address]:
        if host in table:
            return [ip_address(address) for address in table[host].split()]
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [ip_address(answer[4][0]) for answer in answers]

    return resolver
