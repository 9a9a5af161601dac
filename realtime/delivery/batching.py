"""Many sockets, one question: after a restart a thousand ask the same things at the same moment.

What is asked while one batch is being read makes up the next, and who asks the same shares the answer. Nobody is given
an answer that was read before they asked, for that is what asking again after joining is about.
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
"""Different ones. More at once would only make the first wait for the last, and hold all their answers in memory."""


class Batcher(Generic[Q, A]):
    """Batches questions. `answer` gets different ones and returns each answer, in a database thread, one batch at a time."""

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
                    asked.exception()  # whoever asked may have left
            else:
                for question, asked in batch.items():
                    asked.set_result(answers[question])
        self._task = None
