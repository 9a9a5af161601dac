"""The pages "Your jobs", one job with its progress, and "Export your data"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.web.views.account import current_user, web_page
from jobs.access.kinds import OnCancel, kind_of
from jobs.file_answers import file_answer
from jobs.models import Job
from jobs.projections.jobs import job_row
from jobs.queries.jobs import find_job, find_result_file, jobs_of
from jobs.services.exporting import EXPORT, start_export
from jobs.services.jobs import cancel_job, forget_result_file

MOST_SHOWN = 50


@require_safe
@login_required
@web_page
def own_jobs(request: HttpRequest) -> HttpResponse:
    rows = [_shown(job) for job in jobs_of(current_user(request))[:MOST_SHOWN]]
    return render(request, "jobs/jobs.html", {"jobs": rows})


@require_safe
@login_required
@web_page
def own_job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show a job. While it waits or runs, the page asks again by itself."""
    return render(request, "jobs/job.html", {"job": _shown(find_job(current_user(request), job_id))})


@require_POST
@login_required
@web_page
def own_job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    cancel_job(user=current_user(request), job_id=job_id)
    messages.success(request, _("The job was cancelled."))
    return redirect("job", job_id)


@require_safe
@login_required
@web_page
def own_job_file(request: HttpRequest, job_id: UUID) -> HttpResponse:
    return file_answer(find_result_file(current_user(request), job_id))


@require_POST
@login_required
@web_page
def own_job_file_delete(request: HttpRequest, job_id: UUID) -> HttpResponse:
    forget_result_file(user=current_user(request), job_id=job_id)
    messages.success(request, _("The file was deleted."))
    return redirect("job", job_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def export(request: HttpRequest) -> HttpResponse:
    """Explain the export, and start one."""
    if request.method == "POST":
        job, _is_new = start_export(user=current_user(request))
        return redirect("job", job.pk)
    exports = [_shown(job) for job in jobs_of(current_user(request)).filter(kind=EXPORT.name)[:MOST_SHOWN]]
    return render(request, "jobs/export.html", {"jobs": exports})


def _shown(job: Job) -> dict[str, Any]:
    """Return the job's row with the words of its kind. A kind of a newer version is shown by its name."""
    kind = kind_of(job)
    return {
        **job_row(job),
        "title": kind.title if kind else job.kind,
        "state_in_words": job.get_state_display(),
        "is_active": job.is_active,
        "keeps": kind is not None and kind.on_cancel is OnCancel.KEEPS,
    }
