"""Projection of a job, for its owner alone."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from core.projections.fields import READER, Field, Projection, Reader
from jobs.models import Job

Row = dict[str, Any]

JOB = Projection(
    "job",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("kind", sights=READER),
    Field("state", sights=READER),
    Field("done", sights=READER),
    Field("total", sights=READER),
    Field("errors", sights=READER),
    Field("result", sights=READER),
    Field("created_at", sights=READER),
    Field("finished_at", sights=READER),
    Field("expires_at", sights=READER),
    read=attrgetter,
)

JOB_PROGRESS = Projection(
    "job progress",
    Reader,
    Field("job_id", sights=READER, column="pk"),
    Field("done", sights=READER),
    Field("total", sights=READER),
    Field("state", sights=READER),
    read=attrgetter,
)
"""What is pushed to the owner's inbox while a job runs."""


def job_row(job: Job) -> Row:
    return JOB.project(job, Reader.READER)


def job_progress(job: Job) -> Row:
    return JOB_PROGRESS.project(job, Reader.READER)
