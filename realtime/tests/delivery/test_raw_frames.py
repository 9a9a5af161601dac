"""Our own frames equal those of a server, and a send queue with a frame writer keeps the same bounds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from realtime.delivery import send_queue
from realtime.delivery.raw_frames import EXTENSION, text_frame, text_frames
from realtime.delivery.send_queue import DirectSendQueue, SendQueue, send_queue_of
from realtime.protocol import Close


@pytest.mark.parametrize("text", ["", "a", "é" * 62, "x" * 125, "x" * 126, "x" * 65_535, "x" * 65_536])
def test_frame_decodes_to_its_text(text: str) -> None:
    reader = StreamReader()
    reader.feed_data(text_frame(text))
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)
    frame = parsed.value.value
    assert (frame.opcode, frame.fin, frame.rsv1) == (Opcode.TEXT, True, False)
    assert bytes(frame.data).decode() == text
    assert not reader.buffer
    assert text_frame(text) is text_frame(text)


def test_several_frames_are_joined_in_order() -> None:
    texts = ("a", "", "é" * 200)
    assert text_frames(texts) == b"".join(map(text_frame, texts))


class Fake:
    """A frame writer whose client reads nothing while `stalled`, with the ASGI `send` next to it."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.stalled = False
        self.held = 0
        self.hurried = False

    def write(self, frame: bytes) -> None:
        self.sent.append(frame)
        self.held += len(frame) if self.stalled else 0

    def waiting(self) -> int:
        return self.held

    def hurry(self) -> None:
        self.hurried = True

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message["code"])


@pytest.fixture
def fake() -> Fake:
    return Fake()


def test_everything_goes_through_send_without_a_frame_writer(fake: Fake) -> None:
    assert type(send_queue_of({"type": "websocket"}, fake.send)) is SendQueue
    assert type(send_queue_of({"extensions": {EXTENSION: fake}}, fake.send)) is DirectSendQueue


@pytest.mark.asyncio
async def test_frames_are_written_at_once_and_the_close_comes_last(fake: Fake) -> None:
    box = DirectSendQueue(fake.send, fake)
    box.write("a")
    box.write("b")
    assert fake.sent == [text_frame("a"), text_frame("b")]
    box.close(Close.GONE)
    box.write("too late")
    await box.flush()
    assert fake.sent[2:] == [4410]
    assert not fake.hurried


@pytest.mark.asyncio
async def test_client_that_reads_nothing_is_closed_at_the_bound(fake: Fake) -> None:
    fake.stalled = True
    box = DirectSendQueue(fake.send, fake)
    box.write("x" * (send_queue.CHARACTERS + 1))
    assert fake.hurried is False
    box.write("y")
    await box.flush()
    assert fake.sent[1:] == [4430]
    assert fake.hurried is True


@pytest.mark.asyncio
async def test_long_replay_waits_for_its_own_client(fake: Fake) -> None:
    fake.stalled = True
    box = DirectSendQueue(fake.send, fake)
    box.write("x" * (send_queue.DRAINED + 1))
    flushing = asyncio.create_task(box.flush())
    await asyncio.sleep(0)
    assert not (await asyncio.wait([flushing], timeout=3 * send_queue.DRAIN_SECONDS))[0]
    fake.held = 0
    await asyncio.wait_for(flushing, 5)


@pytest.mark.asyncio
async def test_small_frames_are_written_as_one_piece_and_large_ones_separately(fake: Fake) -> None:
    box = DirectSendQueue(fake.send, fake)
    box.write_all(["a", "b"])
    large = "x" * (send_queue.TOGETHER // 2 + 1)
    box.write_all([large, large])
    assert fake.sent == [text_frames(("a", "b")), text_frame(large), text_frame(large)]


@pytest.mark.asyncio
async def test_several_frames_at_once_keep_the_bound(fake: Fake) -> None:
    box = DirectSendQueue(fake.send, fake)
    fake.stalled, fake.held = True, send_queue.CHARACTERS + 1
    box.write_all(["a", "b"])
    assert box.closed
    assert fake.hurried
    assert b"a" not in b"".join(part for part in fake.sent if isinstance(part, bytes))
    box.write_all(["c"])
    await box.flush()
    assert fake.sent == [Close.TOO_SLOW]
