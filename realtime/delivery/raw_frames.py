"""The short way to a socket: its frame is built once, and the same bytes go to each transport.

ASGI's `send` makes a frame for each socket and passes through the server's own layers: twice the cost of the write
itself (bench/lab-book.md). A server that we start offers a frame writer in the scope's extensions. Other servers
don't, and everything goes through `send`.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, Protocol, cast

EXTENSION = "wishlist.raw_frames"


class FrameWriter(Protocol):
    """One accepted socket. Only whole text frames go this way, one or several; accepting and closing stay ASGI's."""

    def write(self, frame: bytes) -> None:
        """Hand the bytes on at once and in order. Does nothing once the socket is closing."""

    def waiting(self) -> int:
        """The bytes that were written and that the kernel has not taken."""

    def hurry(self) -> None:
        """The close that follows shall not wait until the reader has read what is before it."""


def frame_writer_of(scope: dict[str, Any]) -> FrameWriter | None:
    return cast("FrameWriter | None", (scope.get("extensions") or {}).get(EXTENSION))


@lru_cache(maxsize=16)
def text_frame(text: str) -> bytes:
    """RFC 6455, 5.2: final, text, unmasked; never compressed, which is right whatever was negotiated.

    ResponseCache, because a thousand sockets ask for the same one, one after the other.
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
    """One after the other. ResponseCache, because after a restart a thousand sockets have missed the same."""
    return b"".join(map(text_frame.__wrapped__, texts))
