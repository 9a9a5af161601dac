"""The queue of frames for one socket. Nobody waits for a socket: past a bound it is cut, and comes back with `since`."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from realtime.delivery.raw_frames import FrameWriter, frame_writer_of, text_frame, text_frames
from realtime.protocol import Close

logger = logging.getLogger(__name__)

FRAMES = 1_000
CHARACTERS = 4 * 1024 * 1024
"""Checked before a frame is added, so that a frame of any size fits where nothing waits."""

TOGETHER = 128 * 1024
"""Characters of frames that are written as one piece, which is remembered for the next socket."""

DRAINED = 64 * 1024
DRAIN_SECONDS = 0.02

CUT_SECONDS = 1.0

Send = Callable[[dict[str, Any]], Awaitable[None]]


class SendQueue:
    """Frames in order, sent by at most one task, which lives while there are any."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: deque[str] = deque()
        self._characters = 0
        self._close: Close | None = None
        self._task: asyncio.Task[None] | None = None
        self._transport = _transport_of(send)
        self._unsent = _bytes_in(self._transport)

    @property
    def closed(self) -> bool:
        return self._close is not None

    def write(self, text: str) -> None:
        """Send `text` after all that was written before. Never waits; after `close` it does nothing."""
        if self._close is not None:
            return
        if len(self._waiting) >= FRAMES or self._characters + self._unsent() > CHARACTERS:
            self._cut()
            return
        self._waiting.append(text)
        self._characters += len(text)
        self._start()

    def write_all(self, texts: Sequence[str]) -> None:
        """The same as `write`, one after the other."""
        for text in texts:
            self.write(text)

    def close(self, code: Close) -> None:
        """Close once everything that waits is sent; a second close changes nothing."""
        if self._close is None:
            self._close = code
            self._start()

    def _cut(self) -> None:
        """The close is behind what nobody reads, so it gets a moment, and then the connection is dropped."""
        self._waiting.clear()
        self.close(Close.TOO_SLOW)
        if hasattr(self._transport, "abort"):
            asyncio.get_running_loop().call_later(CUT_SECONDS, self._transport.abort)

    async def flush(self) -> None:
        """Wait until the server has taken everything: for long replays, which nobody else waits for."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def drop(self) -> None:
        """The socket is gone; so is what waits for it."""
        self._close = self._close or Close.COME_BACK
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._sending())

    async def _sending(self) -> None:
        try:
            while self._waiting:
                text = self._waiting.popleft()
                self._characters -= len(text)
                await self._send({"type": "websocket.send", "text": text})
            if self._close is not None:
                await self._send({"type": "websocket.close", "code": int(self._close)})
        except Exception as failure:
            # Servers say in their own words that the other side has left; the disconnect message follows.
            logger.debug("A socket could not be written to: %r", failure)
            self._waiting.clear()
        finally:
            self._task = None


class DirectSendQueue(SendQueue):
    """For servers with a frame writer: every frame is with the transport when `write` returns, and no task is needed."""

    def __init__(self, send: Send, writer: FrameWriter) -> None:
        super().__init__(send)
        self._writer = writer

    def write(self, text: str) -> None:
        if self._close is not None:
            return
        if self._writer.waiting() > CHARACTERS:
            self._writer.hurry()
            self._cut()
            return
        self._writer.write(text_frame(text))

    def write_all(self, texts: Sequence[str]) -> None:
        """At once where they are small: a write costs the same for one frame as for fifty."""
        if sum(map(len, texts)) > TOGETHER:
            super().write_all(texts)
        elif self._close is None and self._writer.waiting() <= CHARACTERS:
            self._writer.write(text_frames(tuple(texts)))
        else:
            super().write_all(texts)

    async def flush(self) -> None:
        await asyncio.sleep(0)
        while self._close is None and self._writer.waiting() > DRAINED:
            await asyncio.sleep(DRAIN_SECONDS)
        await super().flush()


def send_queue_of(scope: dict[str, Any], send: Send) -> SendQueue:
    writer = frame_writer_of(scope)
    return SendQueue(send) if writer is None else DirectSendQueue(send, writer)


def _transport_of(send: Send) -> Any:
    """The transport behind an ASGI `send`: uvicorn hands in a method of its protocol, daphne a partial over one."""
    protocol = getattr(send, "__self__", None) or next(iter(getattr(send, "args", ())), None)
    return getattr(protocol, "transport", None)


def _bytes_in(transport: Any) -> Callable[[], int]:
    """How much the server has taken and the client has not. daphne's `send` returns at once and buffers without a bound."""
    if hasattr(transport, "get_write_buffer_size"):
        return transport.get_write_buffer_size  # type: ignore[no-any-return]
    if hasattr(transport, "_tempDataLen"):
        return lambda: len(transport.dataBuffer) - transport.offset + transport._tempDataLen
    return lambda: 0
