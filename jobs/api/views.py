"""REST views of a person's jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.scopes import ACCOUNT, LOG_INS
from accounts.api.retrying import RetriedView
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from jobs.api.serializers import JobSerializer
from jobs.file_answers import file_answer
from jobs.projections.jobs import job_row
from jobs.queries.jobs import find_job, find_result_file, jobs_of
from jobs.services.exporting import start_export
from jobs.services.jobs import cancel_job, forget_result_file


class JobsView(APIView):
    token_access = ACCOUNT

    @extend_schema(responses=JobSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your jobs, the newest first. A job is deleted some days after it ended."""
        paged, headers = page_of(request, jobs_of(current_user(request)))
        return Response([job_row(job) for job in paged], headers=headers)

    def links(self, data: Any) -> Links:
        return [(row["kind"], reverse("api-job", args=[row["id"]])) for row in data]


class JobView(RetriedView):
    token_access = ACCOUNT

    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Get one of your jobs."""
        return Response(job_row(find_job(current_user(request), job_id)))

    @extend_schema(responses={200: JobSerializer})
    def delete(self, request: Request, job_id: UUID) -> Response:
        """Cancel a job that waits or runs, at once. Whether it keeps what was done before depends on its kind."""
        return Response(job_row(cancel_job(user=current_user(request), job_id=job_id)))

    def links(self, data: Any) -> Links:
        return [("file", reverse("api-job-file", args=[self.kwargs["job_id"]]))]


class JobFileView(RetriedView):
    token_access = LOG_INS

    @extend_schema(responses={(200, "application/zip"): OpenApiResponse(bytes)})
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        """Download the file that a job has made."""
        return file_answer(find_result_file(current_user(request), job_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, job_id: UUID) -> Response:
        """Delete the file before it expires."""
        forget_result_file(user=current_user(request), job_id=job_id)
        return Response(status=HTTP_204_NO_CONTENT)


class ExportView(RetriedView):
    token_access = LOG_INS

    @extend_schema(request=None, responses={202: JobSerializer, 200: JobSerializer})
    def post(self, request: Request) -> Response:
        """Start an export of everything about you that you may see, as a ZIP with JSON, CSV and pictures (202).

        If one waits or runs already, that one is returned (200). Follow it at `/jobs/{id}`.
        """
        job, is_new = start_export(user=current_user(request))
        return Response(job_row(job), HTTP_202_ACCEPTED if is_new else HTTP_200_OK)
