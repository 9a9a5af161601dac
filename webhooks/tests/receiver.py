"""A receiver of webhooks for tests: it says what a test wants, and keeps what it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b"thanks"
    asked: int = 0
    """Requests that came, accepted or not."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """What was accepted."""
    silence: threading.Event | None = None
    """If set, it answers nothing before the event is set."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.got]

    def types(self) -> list[str]:
        return [message["type"] for message in self.told()]

    def seqs(self) -> list[int]:
        return [message["data"]["seq"] for message in self.told()]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.asked += 1
            if receiver.silence is not None:
                receiver.silence.wait(20)
            if 200 <= receiver.status < 300:
                receiver.got.append((dict(self.headers), body))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
