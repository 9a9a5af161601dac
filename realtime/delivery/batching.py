"""Answer the same questions of many sockets together. After a restart a thousand sockets ask the same things at once.

Questions that arrive while one batch is being read form the next batch. Equal questions share one answer. No question
gets an answer that was read before it was asked: sockets ask again after joining for exactly that reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Hashable, Mapping
from itertools import islice
from typing import Generic, TypeVar

from realtime.delivery.threads import DatabaseThreads

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")

QUESTIONS_A_BATCH = 50
"""The largest number of different questions in a batch. With more, the first would wait for the last, and all answers
would be in memory at once."""


class Batcher(Generic[Q, A]):
    """Answer questions in batches. `answer` gets distinct questions and returns an answer for each. It runs in a
    database thread, one batch at a time."""

    def __init__(self, database: DatabaseThreads, answer: Callable[[Collection[Q]], Mapping[Q, A]]) -> None:
        self._database, self._answer = database, answer
        self._waiting: dict[Q, asyncio.Future[A]] = {}
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        if question not in self._waiting:
            self._waiting[question] = asyncio.get_running_loop().create_future()
        asked = self._waiting[question]
        if self._task is None:
            self._task = asyncio.create_task(self._read())
        return await asyncio.shield(asked)

    async def _read(self) -> None:
        while self._waiting:
            batch = {
                question: self._waiting.pop(question)
                for question in list(islice(self._waiting, QUESTIONS_A_BATCH))
            }
            try:
                answers = await self._database.run(self._answer, batch.keys())
            except Exception as failure:
                for asked in batch.values():
                    asked.set_exception(failure)
                    asked.exception()  # the socket that asked may be gone
            else:
                for question, asked in batch.items():
                    asked.set_result(answers[question])
        self._task = None
