"""Write ready-made WebSocket frames straight to the transport: a frame is built once, and the same bytes go to every
socket.

ASGI's `send` makes a frame for each socket and passes through the server's own layers. That costs twice as much as the
write itself (bench/lab-book.md). Servers that we start offer a frame writer in the scope's extensions. On other servers
everything goes through `send`.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, Protocol, cast

EXTENSION = "wishlist.raw_frames"


class FrameWriter(Protocol):
    """Writes raw frames to one accepted socket. It takes whole text frames, one or several. Accepting and closing
    still go through ASGI."""

    def write(self, frame: bytes) -> None:
        """Write the bytes at once and in order. Does nothing once the socket is closing."""

    def waiting(self) -> int:
        """Return how many written bytes the kernel has not taken yet."""

    def hurry(self) -> None:
        """Let the close that follows happen without waiting until the client has read everything before it."""


def frame_writer_of(scope: dict[str, Any]) -> FrameWriter | None:
    return cast("FrameWriter | None", (scope.get("extensions") or {}).get(EXTENSION))


@lru_cache(maxsize=16)
def text_frame(text: str) -> bytes:
    """Return a text frame by RFC 6455, 5.2: final, unmasked, and never compressed, which is valid whatever was
    negotiated.

    The result is cached, because a thousand sockets ask for the same frame one after the other.
    """
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x81, size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x81, 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 127, size)
    return head + payload


@lru_cache(maxsize=32)
def text_frames(texts: tuple[str, ...]) -> bytes:
    """Return the frames of several texts, joined. The result is cached, because after a restart a thousand sockets
    have missed the same events."""
    return b"".join(map(text_frame.__wrapped__, texts))
