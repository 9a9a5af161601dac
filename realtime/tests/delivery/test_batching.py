"""Equal questions at the same time share one answer, and never an answer that was read before the question."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection

import pytest

from realtime.access import granted
from realtime.delivery.batching import QUESTIONS_A_BATCH, Batcher
from realtime.delivery.threads import DatabaseThreads
from realtime.protocol import Close, SocketError

PATIENCE = 60.0


class Reader:
    """Answers with the number of its reads, once it is allowed to."""

    def __init__(self) -> None:
        self.batches: list[set[str]] = []
        self.may = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)

    def read(self, questions: Collection[str]) -> dict[str, int]:
        self.batches.append(set(questions))
        self.begun.release()
        assert self.may.acquire(timeout=PATIENCE)
        if "bad" in questions:
            raise LookupError
        return dict.fromkeys(questions, len(self.batches))


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def batcher(reader: Reader) -> Batcher[str, int]:
    return Batcher(DatabaseThreads("test", 1), reader.read)


async def asking(batcher: Batcher[str, int], *questions: str) -> list[asyncio.Task[int]]:
    """Return a question that was asked and has no answer yet."""
    asked = [asyncio.create_task(batcher.ask(question)) for question in questions]
    await asyncio.sleep(0)
    return asked


async def begun(reader: Reader) -> None:
    assert await asyncio.to_thread(reader.begun.acquire, timeout=PATIENCE)


@pytest.mark.asyncio
async def test_questions_during_a_read_form_the_next_batch(
    batcher: Batcher[str, int], reader: Reader
) -> None:
    """The same question is read again, because it was asked after the first read began."""
    first = await asking(batcher, "a", "a")
    await begun(reader)
    second = await asking(batcher, "a", "b", "b")
    reader.may.release(2)
    assert await asyncio.gather(*first, *second) == [1, 1, 2, 2, 2]
    assert reader.batches == [{"a"}, {"a", "b"}]


@pytest.mark.asyncio
async def test_batch_has_a_largest_size(batcher: Batcher[str, int], reader: Reader) -> None:
    reader.may.release(2)
    asked = await asking(batcher, *map(str, range(QUESTIONS_A_BATCH + 1)))
    await asyncio.gather(*asked)
    assert [len(batch) for batch in reader.batches] == [QUESTIONS_A_BATCH, 1]


@pytest.mark.asyncio
async def test_failed_batch_raises_for_its_own_questions_and_the_next_is_answered(
    batcher: Batcher[str, int], reader: Reader
) -> None:
    reader.may.release(2)
    for failed in await asyncio.gather(*await asking(batcher, "bad", "bad"), return_exceptions=True):
        assert isinstance(failed, LookupError)
    assert await batcher.ask("good") == 2


@pytest.mark.asyncio
async def test_cancelled_question_leaves_others_their_answer(
    batcher: Batcher[str, int], reader: Reader
) -> None:
    leaving, staying = await asking(batcher, "a", "a")
    leaving.cancel()
    reader.may.release()
    assert await staying == 1


def test_shared_refusal_is_raised_as_a_new_exception_for_each_socket() -> None:
    shared = SocketError("gone", "Gone.", close=Close.GONE)
    with pytest.raises(SocketError) as raised:
        granted(shared)
    assert raised.value is not shared
    assert (raised.value.code, raised.value.message, raised.value.close) == ("gone", "Gone.", Close.GONE)
