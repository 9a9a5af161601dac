"""A kind of job for tests: each unit leaves one notification for its person, so that a unit done twice shows.

`run_slowly` is a worker that runs such jobs slowly, so that a test can kill it in the middle.
"""

from __future__ import annotations

import time
from typing import Any

from jobs.access.kinds import JobError, JobKind, OnCancel, Written, register_kind
from jobs.models import Job
from jobs.worker import Worker

UNITS = 12


class Noting(JobKind):
    name = "noting"
    title = "Noting"  # type: ignore[assignment]  # not for people
    on_cancel = OnCancel.KEEPS
    pause = 0.0

    def count(self, job: Job) -> int:
        return int(job.asked.get("units", UNITS))

    def prepare(self, job: Job) -> int:
        time.sleep(self.pause)
        return job.done

    def write(self, job: Job, prepared: Any) -> Written:
        job.user.notifications.create(kind="noting", about=str(prepared), title=f"Unit {prepared}")
        if prepared in job.asked.get("bad", []):
            return Written(errors=(JobError(f"/units/{prepared}", "bad", "This one is bad."),))
        return Written()

    def finish(self, job: Job) -> dict[str, Any]:
        return {"noted": job.done}


NOTING = Noting()


def run_slowly() -> None:
    register_kind(NOTING)
    NOTING.pause = 0.05
    print("Ready.", flush=True)
    worker = Worker()
    while True:
        worker.run_ready()
        time.sleep(0.05)
