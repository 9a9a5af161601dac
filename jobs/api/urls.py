"""URLs under `api/v1/`, without trailing slashes."""

from django.urls import path

from jobs.api import views

urlpatterns = [
    path("jobs", views.JobsView.as_view(), name="api-jobs"),
    path("jobs/<uuid:job_id>", views.JobView.as_view(), name="api-job"),
    path("jobs/<uuid:job_id>/file", views.JobFileView.as_view(), name="api-job-file"),
    path("users/me/export", views.ExportView.as_view(), name="api-export"),
]
