"""The worker: claims a job, runs it, and writes down how it went.

django-tasks-db brings the table and the rules of what is ready; its own worker fails a job once and for all, and
leaves the jobs of a worker that was killed running for ever. Ours puts a failed job back with a later `run_after`,
in the same write, and reclaims what nobody has vouched for in `STALE`.
"""

from __future__ import annotations

import inspect
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
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

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
VOUCH_SECONDS = 10.0
STALE = timedelta(seconds=60)
"""`started_at` of a running job is renewed every VOUCH_SECONDS, by the database's clock; this long without is taken for a
killed worker."""


UNKNOWN = (ImportError, SuspiciousOperation, TypeError, InvalidTaskError, InvalidTaskBackendError)
"""No such module or function, no task, other arguments, no such queue, no such backend."""
UNKNOWN_FOR = timedelta(days=7)
"""Then a job of a function that nobody knows has failed."""
UNKNOWN_AGAIN = (timedelta(seconds=5), timedelta(minutes=1))


Lane = list[Callable[[], object]]
"""What one thread does, in this order, again and again."""


class Worker:
    """Runs jobs and the periodic table until it is told to stop, in lanes that do not wait for each other.

    Jobs are mail, and a mail server may hang. What the clock owes (reveals, lapses, offers, deadlines) is never behind that,
    nor behind upkeep.
    """

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self._stop = threading.Event()

    def stop(self) -> None:
        """Finish the job at hand, if any, and return from `run`."""
        self._stop.set()

    def run(self) -> None:
        """Until stopped. A database that is away for a while is waited for."""
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
            "periodic": [periodic.Clock([row for row in table if not row.is_upkeep]).run_due],
            "upkeep": [periodic.Clock([row for row in table if row.is_upkeep]).run_due],
            "mail": [self.run_ready],
        }

    def _run_lane(self, lane: Lane) -> None:
        """A database that is away, read-only or not migrated is said once, not once a second."""
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

    def run_ready(self) -> int:
        """Run all that is ready now, and say how many that were."""
        ran = 0
        while not self._stop.is_set() and (job := _claim(self.id)):
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


class UnknownJob(Exception):
    """This worker has no such function, or one that takes other arguments: another version put the job in the queue."""


def _prepare(job: DBTaskResult) -> Callable[[], Any]:
    try:
        task, result = job.task, job.task_result
        inspect.signature(task.func).bind(*result.args, **result.kwargs)
    except UNKNOWN as error:
        raise UnknownJob(str(error)) from error
    return lambda: task.call(*result.args, **result.kwargs)


def _leave_to_newer_workers(job: DBTaskResult, error: UnknownJob) -> None:
    """Back into the queue, for as long again as it has been there, since a newer worker may come. The try does not count."""
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
    """Make ready again what a worker was running when it was killed. By the database's clock: workers' clocks differ."""
    stale = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=Now() - STALE)
    reclaimed = stale.update(status=TaskResultStatus.READY, run_after=get_date_max())
    if reclaimed:
        logger.warning("Reclaimed %d jobs of a worker that has died.", reclaimed)


def _claim(worker_id: str) -> DBTaskResult | None:
    """Look first, without a transaction: on SQLite each would take the one write lock, once a second."""
    if not DBTaskResult.objects.ready().exists():
        return None
    with transaction.atomic():
        job = DBTaskResult.objects.ready().get_locked()
        if job is not None:
            _mark_as_running(job, worker_id)
        return job


def _mark_as_running(job: DBTaskResult, worker_id: str) -> None:
    """As `job.claim` does, but by the database's clock."""
    job.status, job.worker_ids = TaskResultStatus.RUNNING, [*job.worker_ids, worker_id]
    claimed = DBTaskResult.objects.filter(pk=job.pk)
    claimed.update(status=job.status, worker_ids=job.worker_ids, started_at=Now())


def _vouch(job: DBTaskResult) -> None:
    running = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING)
    running.update(started_at=Now())


@contextmanager
def _vouching(job: DBTaskResult) -> Iterator[None]:
    """While the body runs, say now and then that somebody is at it."""
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
    """Back into the queue with a later time, if this kind of job is tried again; else it has failed."""
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
