"""Export everything about a person that they may see, as a ZIP (docs/jobs.md).

Each unit puts files of one section aside, and the last one packs them. So a stopped export goes on where it was, and
a cancelled one leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.limits.rate_limits import EXPORTS, refuse_beyond
from jobs.access.export_sections import ExportFile, planned_keys, section_named
from jobs.access.kinds import JobKind, OnCancel, Written
from jobs.models import Job, JobFile
from jobs.refusals import ExportTooLarge
from jobs.services.archives import zip_of
from jobs.services.jobs import start_job

FILE_NAME = "wishlist-export.zip"
MOST_BYTES = 64 * 1024 * 1024
"""How large the files may be together, before they are packed. The worker holds them in memory once."""


class Export(JobKind):
    name = "export"
    title = _("Export of your data")
    on_cancel = OnCancel.DISCARDS
    is_alone = True
    kept_for = timedelta(days=7)

    def count(self, job: Job) -> int:
        job.kept = {"keys": planned_keys(job.user), "bytes": 0}
        return len(job.kept["keys"]) + 1

    def prepare(self, job: Job) -> list[ExportFile]:
        """Return the files of the next key, or the ZIP once all are there."""
        keys = job.kept["keys"]
        if job.done == len(keys):
            return [ExportFile(FILE_NAME, zip_of(_parts(job)))]
        name, key = keys[job.done]
        return list(section_named(name).files(job.user, key))

    def write(self, job: Job, prepared: list[ExportFile]) -> Written:
        is_result = job.done == len(job.kept["keys"])
        job.kept["bytes"] += sum(len(file.content) for file in prepared)
        if job.kept["bytes"] > MOST_BYTES and not is_result:
            raise ExportTooLarge
        for file in prepared:
            JobFile.objects.create(job=job, name=file.path, content=file.content, is_result=is_result)
        return Written()

    def finish(self, job: Job) -> dict[str, Any]:
        packed = job.files.get(is_result=True)
        return {
            "file": packed.name,
            "bytes": len(packed.content),
            "url": f"{settings.SITE_URL}{reverse('api-job-file', args=[job.pk])}",
        }


def _parts(job: Job) -> Iterator[tuple[str, bytes]]:
    """Return the files by name, and a text that says what they are."""
    yield "README.txt", render_to_string("jobs/export_readme.txt", {"site_url": settings.SITE_URL}).encode()
    for file in job.files.filter(is_result=False).order_by("name").iterator(chunk_size=20):
        yield file.name, bytes(file.content)


EXPORT = Export()


def start_export(*, user: User) -> tuple[Job, bool]:
    """Start an export and return it and True. If one waits or runs already, return that one and False."""
    running = Job.objects.active().filter(user=user, kind=EXPORT.name).first()
    if running is not None:
        return running, False
    refuse_beyond(EXPORTS, user.pk)
    return start_job(user=user, kind=EXPORT)
