"""Under `api/v1/`. No trailing slashes."""

from django.urls import path

from moderation.api import account_views, list_views, report_views

_LIST, _USER, _REPORT = (
    "admin/wishlists/<uuid:wishlist_id>",
    "admin/users/<uuid:user_id>",
    "admin/reports/<uuid:report_id>",
)

urlpatterns = [
    path("reports", report_views.ReportsView.as_view(), name="reports"),
    path("admin/reports", report_views.AdminReportsView.as_view(), name="admin-reports"),
    path(_REPORT, report_views.AdminReportView.as_view(), name="admin-report"),
    path(f"{_REPORT}/hide", report_views.HideTargetView.as_view(), name="admin-report-hide"),
    path(f"{_REPORT}/restore", report_views.RestoreTargetView.as_view(), name="admin-report-restore"),
    path("admin/users", account_views.AccountsView.as_view(), name="admin-users"),
    path(f"{_USER}/deactivate", account_views.DeactivateView.as_view(), name="admin-user-deactivate"),
    path(f"{_USER}/reactivate", account_views.ReactivateView.as_view(), name="admin-user-reactivate"),
    path(f"{_LIST}/hide", list_views.HideListView.as_view(), name="admin-list-hide"),
    path(f"{_LIST}/restore", list_views.RestoreListView.as_view(), name="admin-list-restore"),
    path(f"{_LIST}/hand-over", list_views.HandOverListView.as_view(), name="admin-list-hand-over"),
    path(f"{_LIST}/giving", list_views.OpenedGivingView.as_view(), name="admin-list-giving"),
]
