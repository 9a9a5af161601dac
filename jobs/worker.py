"""The worker: claims a job, runs it, and stores the result.

django-tasks-db provides the table and decides which jobs are ready. Its own worker never retries a failed job, and leaves
the jobs of a killed worker in the state "running" forever. Ours puts a failed job back with a later `run_after`, in the
same write, and reclaims jobs without a heartbeat for `STALE`.
"""

from __future__ import annotations

import inspect
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import close_old_connections, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.exceptions import InvalidTaskBackendError, InvalidTaskError
from django_tasks_db.models import DBTaskResult, get_date_max

from core.errors.failures import is_database_unavailable
from core.jobs import schedule
from core.jobs.retry import GiveUp, Later, backoff_of
from jobs import periodic
from jobs.queues import MAIL, PEOPLES_JOBS

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
VOUCH_SECONDS = 10.0
STALE = timedelta(seconds=60)
"""A heartbeat updates `started_at` of a running job every VOUCH_SECONDS, by the database's clock. Without one for this long,
the worker counts as killed.
"""


UNKNOWN = (ImportError, SuspiciousOperation, TypeError, InvalidTaskError, InvalidTaskBackendError)
"""The errors of a job that this version does not know: module, function, task, arguments, queue or backend."""
UNKNOWN_FOR = timedelta(days=7)
"""After this time an unknown job fails."""
UNKNOWN_AGAIN = (timedelta(seconds=5), timedelta(minutes=1))


Lane = list[Callable[[], object]]
"""What a thread calls in a loop, in this order."""


class Worker:
    """Runs jobs and periodic jobs until it is stopped, in lanes (threads) that do not wait for each other.

    A mail server may hang, pushes and webhooks go to servers of others, and jobs that people started may be long. Periodic
    jobs with a deadline (reveals, lapses, offers, collections) wait neither for those nor for upkeep.
    """

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self._stop = threading.Event()

    def stop(self) -> None:
        """Finish the running job, if any, and return from `run`."""
        self._stop.set()

    def run(self) -> None:
        """Run until stopped. If the database is unavailable, wait for it."""
        threads = [
            threading.Thread(target=self._run_lane, args=(lane,), name=name, daemon=True)
            for name, lane in self._lanes().items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lanes(self) -> dict[str, Lane]:
        table = schedule.table()
        return {
            "periodic": [periodic.Clock([row for row in table if is_prompt(row)]).run_due],
            "upkeep": [periodic.Clock([row for row in table if row.is_upkeep]).run_due],
            "outgoing": [periodic.Clock([row for row in table if row.is_outgoing]).run_due],
            "mail": [partial(self.run_ready, MAIL)],
            "jobs": [partial(self.run_ready, PEOPLES_JOBS)],
        }

    def _run_lane(self, lane: Lane) -> None:
        """Run a lane. An unavailable, read-only or unmigrated database is logged once, not every second."""
        was_away = False
        try:
            while not self._stop.is_set():
                is_away = False
                try:
                    for look in lane:
                        look()
                except Exception as error:
                    is_away = is_database_unavailable(error)
                    if not is_away:
                        logger.exception("The worker couldn't look for jobs. Trying again.")
                    elif not was_away:
                        logger.warning("The worker is waiting for the database: %s", error)
                if was_away and not is_away:
                    logger.info("The worker continues.")
                was_away = is_away
                close_old_connections()
                self._stop.wait(LOOK_SECONDS)
        finally:
            connections.close_all()

    def run_ready(self, *queues: str) -> int:
        """Run all jobs of these queues (of all, if none is named) that are ready now, and return their number."""
        ran = 0
        while not self._stop.is_set() and (job := _claim(self.id, queues)):
            self._run(job)
            ran += 1
        return ran

    def _run(self, job: DBTaskResult) -> None:
        with _vouching(job):
            try:
                call = _prepare(job)
            except UnknownJob as error:
                _leave_to_newer_workers(job, error)
                return
            try:
                job.set_successful(call())
            except Exception as error:
                _fail(job, error)


def is_prompt(row: schedule.Row) -> bool:
    """Return whether a periodic job must not wait for anything slow."""
    return not (row.is_upkeep or row.is_outgoing)


class UnknownJob(Exception):
    """This worker has no such function, or one with other arguments: another version enqueued the job."""


def _prepare(job: DBTaskResult) -> Callable[[], Any]:
    try:
        task, result = job.task, job.task_result
        inspect.signature(task.func).bind(*result.args, **result.kwargs)
    except UNKNOWN as error:
        raise UnknownJob(str(error)) from error
    return lambda: task.call(*result.args, **result.kwargs)


def _leave_to_newer_workers(job: DBTaskResult, error: UnknownJob) -> None:
    """Put the job back for a newer worker, and double its waiting time. The attempt does not count."""
    age = timezone.now() - job.enqueued_at
    if age > UNKNOWN_FOR:
        logger.error("No worker knows job %s (%s). It has failed.", job.task_path, job.pk, exc_info=error)
        job.set_failed(error)
        return
    wait = min(max(age, UNKNOWN_AGAIN[0]), UNKNOWN_AGAIN[1])
    logger.warning("Job %s (%s) is unknown here. Trying again in %s: %s", job.task_path, job.pk, wait, error)
    job.worker_ids = job.worker_ids[:-1]
    job.status, job.run_after = TaskResultStatus.READY, timezone.now() + wait
    job.save(update_fields=["status", "run_after", "worker_ids"])


@schedule.every(timedelta(seconds=20), name="reclaim stale jobs")
def reclaim_stale_jobs() -> None:
    """Make the jobs of killed workers ready again. Uses the database's clock, because clocks of workers differ."""
    stale = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=Now() - STALE)
    reclaimed = stale.update(status=TaskResultStatus.READY, run_after=get_date_max())
    if reclaimed:
        logger.warning("Reclaimed %d jobs of a worker that has died.", reclaimed)


def _claim(worker_id: str, queues: tuple[str, ...] = ()) -> DBTaskResult | None:
    """Claim a job. Check first without a transaction: on SQLite each transaction would take the only write lock, every second."""
    ready = DBTaskResult.objects.ready()
    ready = ready.filter(queue_name__in=queues) if queues else ready
    if not ready.exists():
        return None
    with transaction.atomic():
        job = ready.get_locked()
        if job is not None:
            _mark_as_running(job, worker_id)
        return job


def _mark_as_running(job: DBTaskResult, worker_id: str) -> None:
    """Do what `job.claim` does, but by the database's clock."""
    job.status, job.worker_ids = TaskResultStatus.RUNNING, [*job.worker_ids, worker_id]
    claimed = DBTaskResult.objects.filter(pk=job.pk)
    claimed.update(status=job.status, worker_ids=job.worker_ids, started_at=Now())


def _vouch(job: DBTaskResult) -> None:
    running = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING)
    running.update(started_at=Now())


@contextmanager
def _vouching(job: DBTaskResult) -> Iterator[None]:
    """Send heartbeats for the job while the body runs."""
    done = threading.Event()

    def vouch() -> None:
        while not done.wait(VOUCH_SECONDS):
            _vouch(job)
            connections.close_all()

    thread = threading.Thread(target=vouch, name="vouch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _fail(job: DBTaskResult, error: Exception) -> None:
    """Put the job back with a later time if it is retried, else mark it as failed."""
    backoff = backoff_of(job.task_path)
    if backoff is None or isinstance(error, GiveUp):
        logger.error("Job %s (%s) failed.", job.task_path, job.pk, exc_info=error)
        job.set_failed(error)
        return
    if isinstance(error, Later):
        wait = error.wait
        logger.info("Job %s (%s) is postponed by %s.", job.task_path, job.pk, wait)
    else:
        wait = backoff.after(len(job.worker_ids))
        logger.warning(
            "Job %s (%s) failed (%s). Trying again in %s.", job.task_path, job.pk, type(error).__name__, wait
        )
    job.status, job.run_after = TaskResultStatus.READY, timezone.now() + wait
    job.save(update_fields=["status", "run_after"])
