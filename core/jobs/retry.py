"""Which jobs are tried again when they fail, and when. All others fail once, and stay in the table to be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ParamSpec, TypeVar

from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")


class GiveUp(Exception):
    """Raised by a job for which trying again would not help."""


class Later(Exception):
    """Raised by a job that is retried and whose time has not come: nothing failed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.0f} s")
        self.wait = timedelta(seconds=seconds)


@dataclass(frozen=True)
class Backoff:
    """`first` after the first failure, twice as long after each further one, never longer than `most`."""

    first: timedelta
    most: timedelta

    def after(self, failures: int) -> timedelta:
        doublings: int = 2 ** min(failures - 1, 30)
        return min(self.most, self.first * doublings)


_backoffs: dict[str, Backoff] = {}


def retried(backoff: Backoff) -> Callable[[Task[P, T]], Task[P, T]]:
    """Try this job until it succeeds or gives up."""

    def register(task: Task[P, T]) -> Task[P, T]:
        _backoffs[task.module_path] = backoff
        return task

    return register


def backoff_of(task_path: str) -> Backoff | None:
    return _backoffs.get(task_path)
