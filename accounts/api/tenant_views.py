"""REST views of tenants, and of the people whom their administrators manage (docs/tenants.md)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import LOG_INS
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.tenant_serializers import (
    ManagedUserSerializer,
    NewTenantInputSerializer,
    NewTenantSerializer,
    NewUserInputSerializer,
    PeopleQuerySerializer,
    TenantInputSerializer,
    TenantSerializer,
    UserInputSerializer,
)
from accounts.api.views import current_user
from accounts.models import Tenant, User
from accounts.projections.tenants import ROLES, managed_user, new_tenant_row, tenant_row
from accounts.queries.tenants import people_for, person_for, tenant_for, tenants_for
from accounts.services.tenant_people import add_person, edit_person
from accounts.services.tenants import create_tenant, edit_tenant
from core.api.browsable import Links
from core.api.paging import page_of


class _Managing(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    """Managing people is for those who log in, not for API tokens."""

    token_access = LOG_INS

    def given(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return _stored(serializer.validated_data)


class TenantsView(_Managing):
    queryset = Tenant.objects.none()
    serializer_class = NewTenantInputSerializer

    @extend_schema(responses=TenantSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List all tenants, by name. For super admins."""
        tenants, headers = page_of(request, tenants_for(current_user(request)))
        return Response([tenant_row(tenant) for tenant in tenants], headers=headers)

    @extend_schema(responses={201: NewTenantSerializer})
    def post(self, request: Request) -> Response:
        """Create a tenant with its first administrator. For super admins."""
        given, by = self.given(request), current_user(request)
        admin = given.pop("admin")
        made, first = create_tenant(
            by=by,
            admin_email=admin["email"],
            admin_name=admin["display_name"],
            password=admin.get("password"),
            **given,
        )
        return Response(new_tenant_row(tenant_for(by, made.pk), first), HTTP_201_CREATED)

    def links(self, data: Any) -> Links:
        return [(row["name"], reverse("api-tenant", args=[row["id"]])) for row in data]


class TenantView(_Managing):
    queryset = Tenant.objects.none()
    serializer_class = TenantInputSerializer

    @extend_schema(responses=TenantSerializer)
    def get(self, request: Request, tenant_id: UUID) -> Response:
        """Get a tenant. For super admins, and for its own administrators."""
        return Response(tenant_row(tenant_for(current_user(request), tenant_id)))

    @extend_schema(responses=TenantSerializer)
    def patch(self, request: Request, tenant_id: UUID) -> Response:
        """Rename a tenant. Super admins also change its short name, deactivate it, and activate it again."""
        by = current_user(request)
        edit_tenant(tenant=tenant_for(by, tenant_id), by=by, **self.given(request))
        return Response(tenant_row(tenant_for(by, tenant_id)))

    put = patch

    @extend_schema(responses={204: None})
    def delete(self, request: Request, tenant_id: UUID) -> Response:
        """Deactivate a tenant: its people are logged out, and its links are closed. Nothing is deleted."""
        by = current_user(request)
        edit_tenant(tenant=tenant_for(by, tenant_id), by=by, is_active=False)
        return Response(status=HTTP_204_NO_CONTENT)


class UsersView(_Managing):
    queryset = User.objects.none()
    serializer_class = NewUserInputSerializer

    @extend_schema(parameters=[PeopleQuerySerializer], responses=ManagedUserSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the people of your tenant, by name. `search` looks in names and addresses. For administrators."""
        asked = PeopleQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        people, headers = page_of(request, people_for(current_user(request), **_stored(asked.validated_data)))
        return Response([managed_user(user) for user in people], headers=headers)

    @extend_schema(responses={201: ManagedUserSerializer})
    def post(self, request: Request) -> Response:
        """Create an account. The person gets a mail to set a password. For administrators."""
        made = add_person(by=current_user(request), **self.given(request))
        return Response(managed_user(made), HTTP_201_CREATED)

    def links(self, data: Any) -> Links:
        return [(row["display_name"], reverse("api-user", args=[row["id"]])) for row in data]


class UserView(_Managing):
    queryset = User.objects.none()
    serializer_class = UserInputSerializer

    @extend_schema(responses=ManagedUserSerializer)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Get a person of your tenant. For administrators."""
        return Response(managed_user(person_for(current_user(request), user_id)))

    @extend_schema(responses=ManagedUserSerializer)
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Change a person's name or role, deactivate them, or activate them again."""
        by = current_user(request)
        return Response(managed_user(edit_person(user=person_for(by, user_id), by=by, **self.given(request))))

    put = patch

    @extend_schema(responses={204: None})
    def delete(self, request: Request, user_id: UUID) -> Response:
        """Deactivate a person: they are logged out, and cannot log in. Nothing is deleted."""
        by = current_user(request)
        edit_person(user=person_for(by, user_id), by=by, is_active=False)
        return Response(status=HTTP_204_NO_CONTENT)


def _stored(given: dict[str, Any]) -> dict[str, Any]:
    """Return the input with the role as it is stored."""
    values = dict(given)
    if "role" in values:
        role = values.pop("role")
        values["tenant_role"] = role and ROLES[role]
    return values
