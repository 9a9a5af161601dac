"""Mail servers for tests: one that works, one that is silent, and one that never finishes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[["Server", socket.socket], None]


@dataclass
class Server:
    listener: socket.socket
    accepted: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    mails: list[str] = field(default_factory=list)
    trickled: int = 0

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])


@contextmanager
def smtp_server(talk: Talk) -> Iterator[Server]:
    """Run a server that handles each connection with `talk`, until the body ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    server.accepted.set()
                    threading.Thread(target=_talk, args=(talk, server, client), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            listener.shutdown(socket.SHUT_RDWR)


def _talk(talk: Talk, server: Server, client: socket.socket) -> None:
    with client, suppress(OSError):
        talk(server, client)


def say_nothing(server: Server, client: socket.socket) -> None:
    server.over.wait()


def trickle(server: Server, client: socket.socket) -> None:
    """Send a greeting that takes 2 s, a byte at a time."""
    for byte in b"220-" + b"x" * 36:
        client.sendall(bytes([byte]))
        server.trickled += 1
        if server.over.wait(0.05):
            return


def accept_mail(server: Server, client: socket.socket) -> None:
    _accept(client, server)


def hang_after_the_mail(server: Server, client: socket.socket) -> None:
    """Accept the mail, and do not answer QUIT."""
    _accept(client, server, quits=False)
    server.over.wait()


def _accept(client: socket.socket, server: Server, *, quits: bool = True) -> None:
    lines = client.makefile("rb")
    client.sendall(b"220 here\r\n")
    while line := lines.readline():
        word = line[:4].upper()
        if word == b"DATA":
            client.sendall(b"354 go on\r\n")
            server.mails.append(b"".join(iter(lines.readline, b".\r\n")).decode())
        if word == b"QUIT" and not quits:
            return
        client.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
