"""The kinds of jobs that people can start. Each app registers its kinds when it is ready."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar

from django.utils.functional import Promise

from jobs.models import Job


class OnCancel(StrEnum):
    """What becomes of the units that were done before a job was cancelled or failed."""

    KEEPS = "keeps"
    DISCARDS = "discards"


@dataclass(frozen=True)
class JobError:
    """Something that failed without ending the job, as in problem documents."""

    pointer: str
    code: str
    detail: str

    def as_row(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Written:
    """What a step of a job has done: how many units, and what failed among them."""

    units: int = 1
    errors: tuple[JobError, ...] = ()


class JobKind(ABC):
    """Does the work of one kind of job, unit by unit.

    `prepare` may be slow and must not write. `write` runs in a change together with the count of done units: either both
    are committed or neither. So a worker that dies, or a job that is cancelled, never leaves half a unit behind, and a
    unit is never done twice.

    A kind with `OnCancel.KEEPS` has its effect in each `write`. A kind with `OnCancel.DISCARDS` only puts files aside
    there (`Job.files`), and has its effect in its last unit or in `finish`. The files are deleted if it does not get
    there, so that nothing is half done.
    """

    name: ClassVar[str]
    title: ClassVar[Promise]
    on_cancel: ClassVar[OnCancel]
    is_alone: ClassVar[bool] = False
    """Whether a person may have only one active job of this kind."""
    kept_for: ClassVar[timedelta] = timedelta(days=7)
    """How long the job and its result are kept after it ended."""

    @abstractmethod
    def count(self, job: Job) -> int:
        """Return the number of units. Called once, in the change that starts the job. It may fill `job.kept`."""

    @abstractmethod
    def prepare(self, job: Job) -> Any:
        """Return what `write` needs for the units after the first `job.done`. Outside of any transaction."""

    @abstractmethod
    def write(self, job: Job, prepared: Any) -> Written:
        """Do the units. In a change, so that a refusal or an error undoes it."""

    def finish(self, job: Job) -> dict[str, Any] | None:
        """Return the result. In the change that marks the job as done."""
        return None


_kinds: dict[str, JobKind] = {}


def register_kind(kind: JobKind) -> JobKind:
    _kinds[kind.name] = kind
    return kind


def kind_of(job: Job) -> JobKind | None:
    """Return the job's kind, or None if only a newer version of the server knows it."""
    return _kinds.get(job.kind)
