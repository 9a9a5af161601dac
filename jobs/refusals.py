"""Refusals of jobs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal


class TooManyJobs(Refusal):
    default_code = "too_many_jobs"
    default_detail = _(
        "You already have five jobs that wait or run. Wait until one has finished, or cancel one."
    )


class JobFinished(Refusal):
    default_code = "job_finished"
    default_detail = _("This job has already finished, so it can't be cancelled.")


class ExportTooLarge(Refusal):
    default_code = "export_too_large"
    default_detail = _("There is more about you than fits into one file. Ask the people who run this site.")
