"""Which jobs are retried after a failure, and when. Other jobs fail once and stay in the table for inspection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ParamSpec, TypeVar

from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")


class GiveUp(Exception):
    """Raised by a job for which a retry would not help."""


class Later(Exception):
    """Raised by a retried job to run again in `seconds`. It does not count as a failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.0f} s")
        self.wait = timedelta(seconds=seconds)


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff: `first` after the first failure, doubled after each further one, at most `most`."""

    first: timedelta
    most: timedelta

    def after(self, failures: int) -> timedelta:
        doublings: int = 2 ** min(failures - 1, 30)
        return min(self.most, self.first * doublings)


_backoffs: dict[str, Backoff] = {}


def retried(backoff: Backoff) -> Callable[[Task[P, T]], Task[P, T]]:
    """Decorate a task so that it is retried until it succeeds or raises GiveUp."""

    def register(task: Task[P, T]) -> Task[P, T]:
        _backoffs[task.module_path] = backoff
        return task

    return register


def backoff_of(task_path: str) -> Backoff | None:
    return _backoffs.get(task_path)
