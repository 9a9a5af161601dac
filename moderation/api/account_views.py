"""REST views of accounts, for staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import current_user
from accounts.models import User
from accounts.services.staff_accounts import deactivate_account, may_change_account, reactivate_account
from core.api.browsable import Links
from core.api.paging import page_of
from moderation.api.serializers import AccountQuerySerializer, AccountSerializer, ReasonSerializer
from moderation.api.staff_view import StaffView
from moderation.projections.accounts import project_account
from moderation.queries.accounts import account_for, find_accounts
from moderation.refusals import StaffOnly


class AccountsView(StaffView):
    needs = "accounts.view_user"

    @extend_schema(parameters=[AccountQuerySerializer], responses=AccountSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the accounts of your tenant; for superusers of all tenants. `is_staff=false` leaves out staff."""
        query = AccountQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        found = find_accounts(current_user(request), **query.validated_data)
        rows, headers = page_of(request, found)
        return Response([project_account(user) for user in rows], headers=headers)

    def links(self, data: Any) -> Links:
        return [(_("Reports"), reverse("admin-reports"))]


class DeactivateView(StaffView):
    needs = "accounts.change_user"
    serializer_class = ReasonSerializer

    @extend_schema(responses=AccountSerializer)
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Deactivate an account: it is logged out everywhere within seconds. The person gets a mail with the reason."""
        reason = self.read_input()["reason"]
        person = self.find(user_id)
        return Response(
            project_account(deactivate_account(user=person, by=current_user(request), reason=reason))
        )

    @extend_schema(responses=AccountSerializer)
    def put(self, request: Request, user_id: UUID) -> Response:
        """Do it, like PATCH."""
        return self.patch(request, user_id)

    def find(self, user_id: UUID) -> User:
        """Return an account that this moderator may change: not their own, and of other staff only as a superuser."""
        by = current_user(self.request)
        found = account_for(by, user_id)
        if found.pk == by.pk or not may_change_account(user=found, by=by):
            raise StaffOnly
        return found


class ReactivateView(DeactivateView):
    @extend_schema(responses=AccountSerializer)
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Reactivate an account. The person gets a mail with the reason."""
        reason = self.read_input()["reason"]
        person = self.find(user_id)
        return Response(
            project_account(reactivate_account(user=person, by=current_user(request), reason=reason))
        )
