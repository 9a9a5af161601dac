"""URLs of the pages about jobs and the export."""

from django.urls import path

from jobs.web import views

urlpatterns = [
    path("account/jobs", views.own_jobs, name="jobs"),
    path("account/jobs/<uuid:job_id>", views.own_job, name="job"),
    path("account/jobs/<uuid:job_id>/cancel", views.own_job_cancel, name="job-cancel"),
    path("account/jobs/<uuid:job_id>/file", views.own_job_file, name="job-file"),
    path("account/jobs/<uuid:job_id>/file/delete", views.own_job_file_delete, name="job-file-delete"),
    path("account/export", views.export, name="export"),
]
