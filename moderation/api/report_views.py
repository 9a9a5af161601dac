"""REST views of reports: making one, and the queue of the moderators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from accounts.access.scopes import ACCOUNT
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from moderation.api.serializers import (
    DecisionInputSerializer,
    ReasonSerializer,
    ReportedSerializer,
    ReportInputSerializer,
    ReportQuerySerializer,
    ReportSerializer,
)
from moderation.api.staff_view import StaffView
from moderation.models import Report
from moderation.projections.reports import project_report, project_reported
from moderation.queries.reports import SHOWN_WITH, readable_report, readable_reports
from moderation.queries.targets import target_for, target_on
from moderation.services.deciding import decide, hide_target, restore_target
from moderation.services.reporting import refuse_many_reports, report
from sharing.access.client_digest import client_digest
from sharing.api.documents import MANAGE_TOKEN
from sharing.api.views.public import LinkView
from wishlists.models.viewers import Viewer
from wishlists.services.moderating import opened_lists

BY_LINK = OpenApiParameter("token", str, description="The token of a public link. Needed without an account.")


class ReportsView(LinkView):
    token_access = ACCOUNT
    queryset = Report.objects.none()
    serializer_class = ReportInputSerializer

    @extend_schema(parameters=[BY_LINK, MANAGE_TOKEN], responses={201: ReportedSerializer})
    def post(self, request: Request) -> Response:
        """Report a list, an item, a message or a person to the moderators. Nobody else is told.

        You can report what you can see: with an account, or with the `token` of a public link.
        """
        given = self.read_input()
        target, pk = Report.Target(given.pop("target")), given.pop("target_id")
        if not self.comes_by_link:
            user = current_user(request)
            by = Viewer(user=user)
            refuse_many_reports(by=by, visitor="", wishlist=None)
            made = report(reported=target_for(user, target, pk), by=by, **given)
        else:
            _link, viewpoint = self.enter()
            viewpoint = self.asked_by(viewpoint)
            by, wishlist = viewpoint.viewer, viewpoint.wishlist
            refuse_many_reports(by=by, visitor=client_digest(request, wishlist), wishlist=wishlist)
            made = report(reported=target_on(viewpoint, target, pk), by=by, **given)
        return Response(project_reported(made), HTTP_201_CREATED)

    @property
    def comes_by_link(self) -> bool:
        return bool({"token", "amp;token"} & self.request.query_params.keys())

    def retry_scope(self, request: Request) -> str:
        if self.comes_by_link:
            return super().retry_scope(request)
        return f"user {current_user(request).pk}"


class AdminReportsView(StaffView):
    needs = "moderation.view_report"

    @extend_schema(parameters=[ReportQuerySerializer], responses=ReportSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the reports, the newest first. Reports about you, your lists and lists that are for you are for others."""
        query = ReportQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        moderator, asked = current_user(request), dict(query.validated_data)
        rows = readable_reports(moderator).select_related(*SHOWN_WITH)
        if status := asked.pop("status", None):
            rows = rows.filter(decision__isnull=status == "pending")
        found, headers = page_of(request, rows.filter(**asked))
        opened = opened_lists(moderator)
        return Response([project_report(one, opened) for one in found], headers=headers)

    def links(self, data: Any) -> Links:
        return [(str(row["target"]), reverse("admin-report", args=[row["id"]])) for row in data]


class AdminReportView(StaffView):
    needs = "moderation.view_report"
    serializer_class: Any = DecisionInputSerializer

    @extend_schema(responses=ReportSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Get a report."""
        return self.shown(report_id)

    @extend_schema(responses=ReportSerializer)
    def patch(self, request: Request, report_id: UUID) -> Response:
        """Close a report: `resolved` if something was done, else `dismissed`. The person who reported it is told which."""
        moderator = current_user(request)
        decide(report=readable_report(moderator, report_id), by=moderator, **self.read_input())
        return self.shown(report_id)

    @extend_schema(responses=ReportSerializer)
    def put(self, request: Request, report_id: UUID) -> Response:
        """Do it, like PATCH."""
        return self.patch(request, report_id)

    def shown(self, report_id: UUID) -> Response:
        moderator = current_user(self.request)
        found = readable_report(moderator, report_id)
        return Response(project_report(found, opened_lists(moderator)))

    def links(self, data: Any) -> Links:
        return [(_("Reports"), reverse("admin-reports"))]


class HideTargetView(AdminReportView):
    serializer_class = ReasonSerializer
    http_method_names = ["patch", "put", "options"]

    @extend_schema(responses=ReportSerializer)
    def patch(self, request: Request, report_id: UUID) -> Response:
        """Hide what was reported, or deactivate the person. Those concerned are told, with the reason."""
        moderator = current_user(request)
        hide_target(report=readable_report(moderator, report_id), by=moderator, **self.read_input())
        return self.shown(report_id)


class RestoreTargetView(AdminReportView):
    serializer_class = ReasonSerializer
    http_method_names = ["patch", "put", "options"]

    @extend_schema(responses=ReportSerializer)
    def patch(self, request: Request, report_id: UUID) -> Response:
        """Show again what a moderator has hidden, or reactivate the person."""
        moderator = current_user(request)
        restore_target(report=readable_report(moderator, report_id), by=moderator, **self.read_input())
        return self.shown(report_id)
