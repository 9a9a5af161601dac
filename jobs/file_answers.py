"""The answer with a file that a job has made."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from jobs.models import JobFile


def file_answer(file: JobFile) -> HttpResponse:
    """Return the file as a download that no cache keeps."""
    answer = HttpResponse(bytes(file.content), content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, file.name)
    answer["Cache-Control"] = "private, no-store"
    return answer
