"""Jobs that people started, such as an export, and the files that they make."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import PushedModel, UUIDModel


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> JobQuerySet:
        """Return jobs that wait or run."""
        return self.filter(state__in=Job.ACTIVE)


class Job(PushedModel):
    """A job of one person, and how far it is (docs/jobs.md). Only its owner sees it.

    `done` counts the units whose effect is committed: the effect and the count are written in one transaction.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ACTIVE = (State.QUEUED, State.RUNNING)

    user = models.ForeignKey(User, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=40)
    """The name of its kind (jobs/access/kinds.py)."""
    is_alone = models.BooleanField(default=False)
    """Whether its person may have only one active job of this kind."""
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    asked = models.JSONField(default=dict)
    """What the person asked for."""
    kept = models.JSONField(default=dict)
    """What its kind remembers from one unit to the next."""
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """0 until the job runs and has counted its units."""
    errors = models.JSONField(default=list)
    """What failed, as in problem documents: `pointer`, `code` and `detail`."""
    result = models.JSONField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """How often its next unit has failed."""
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)
    """When its progress was last pushed."""
    expires_at = models.DateTimeField(null=True)
    """When it is deleted with its files. None while it is active."""

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="job_newest"),
            models.Index(fields=["expires_at"], name="job_expires"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="job_done_within_total"
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(is_alone=True, state__in=("queued", "running")),
                name="job_alone_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE


class JobFile(UUIDModel):
    """A file that a job has made: its result, or a part that a later unit needs.

    It is in the database and not in a folder, so that every server process and every worker has it.
    """

    job = models.ForeignKey(Job, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    is_result = models.BooleanField(default=False)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="one_file_of_a_name_per_job")]
