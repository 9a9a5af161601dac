"""Queue the frames of one socket. Nobody waits for a slow socket: past a bound it is closed, and its client resumes
with `since`."""

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
"""The most characters that may wait. It is checked before a frame is added, so an empty queue takes a frame of any
size."""

TOGETHER = 128 * 1024
"""The most characters of frames that are written as one piece. The piece is cached for the next socket."""

DRAINED = 64 * 1024
DRAIN_SECONDS = 0.02

CUT_SECONDS = 1.0

Send = Callable[[dict[str, Any]], Awaitable[None]]


class SendQueue:
    """Send frames in order, in one task, which lives while there are any."""

    def __init__(self, send: Send) -> None:
        self.spell: Callable[[str], str] | None = None
        """Rewrites each text, for a client that uses other words."""
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
        """Send `text` after everything that was written before. Never waits. Does nothing after `close`."""
        if self._close is not None:
            return
        if self.spell is not None:
            text = self.spell(text)
        if len(self._waiting) >= FRAMES or self._characters + self._unsent() > CHARACTERS:
            self._cut()
            return
        self._waiting.append(text)
        self._characters += len(text)
        self._start()

    def write_all(self, texts: Sequence[str]) -> None:
        """Send several texts in order, as `write` does."""
        for text in texts:
            self.write(text)

    def close(self, code: Close) -> None:
        """Close the socket once all waiting frames are sent. A second close changes nothing."""
        if self._close is None:
            self._close = code
            self._start()

    def _cut(self) -> None:
        """The close frame is behind frames that nobody reads. Wait a moment for it, and then drop the connection."""
        self._waiting.clear()
        self.close(Close.TOO_SLOW)
        if hasattr(self._transport, "abort"):
            asyncio.get_running_loop().call_later(CUT_SECONDS, self._transport.abort)

    async def flush(self) -> None:
        """Wait until the server has taken everything. Only long replays do this, and no other socket waits for them."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def drop(self) -> None:
        """Forget all waiting frames, because the socket is gone."""
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
            # Each server has its own exception for a client that left. The disconnect message follows.
            logger.debug("A socket could not be written to: %r", failure)
            self._waiting.clear()
        finally:
            self._task = None


class DirectSendQueue(SendQueue):
    """For servers with a frame writer: every frame is with the transport when `write` returns, so no task is needed."""

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
        self._writer.write(text_frame(text if self.spell is None else self.spell(text)))

    def write_all(self, texts: Sequence[str]) -> None:
        """Write small frames as one piece, because one write costs the same for one frame as for fifty."""
        if self.spell is not None or sum(map(len, texts)) > TOGETHER:
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
    """Return the transport behind an ASGI `send`: uvicorn passes a method of its protocol, daphne a partial over one."""
    protocol = getattr(send, "__self__", None) or next(iter(getattr(send, "args", ())), None)
    return getattr(protocol, "transport", None)


def _bytes_in(transport: Any) -> Callable[[], int]:
    """Return how many bytes the server has taken and the client has not. daphne's `send` returns at once and buffers
    without a bound."""
    if hasattr(transport, "get_write_buffer_size"):
        return transport.get_write_buffer_size  # type: ignore[no-any-return]
    if hasattr(transport, "_tempDataLen"):
        return lambda: len(transport.dataBuffer) - transport.offset + transport._tempDataLen
    return lambda: 0
