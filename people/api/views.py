"""API views of people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from accounts.api.linked_views import LinkedViewSet
from accounts.api.retrying import RetriedView
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from core.errors.problems import flat_errors
from people.api.serializers import (
    AddedPeopleSerializer,
    DeletedSerializer,
    IdsSerializer,
    KnownPersonSerializer,
    PartialInputSerializer,
    PeopleInputSerializer,
    PersonChangeSerializer,
    PersonInputSerializer,
)
from people.models import Person
from people.projections import project_people, project_person
from people.queries import people_of, person_of
from people.services.people import add_people, add_person, edit_person, remove_people, restore_person


class PersonViewSet(LinkedViewSet):
    """The people to whom you give, with or without an account. Nobody else sees what you note here."""

    token_access = GIVING
    one, many = _("Person"), _("My people")
    queryset = Person.objects.none()
    lookup_url_kwarg = "person_id"
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return PersonChangeSerializer if self.action == "partial_update" else PersonInputSerializer

    @extend_schema(responses=KnownPersonSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List your people by name."""
        user = current_user(request)
        rows, headers = page_of(request, people_of(user))
        return Response(project_people(user, list(rows)), headers=headers)

    @extend_schema(responses={201: KnownPersonSerializer})
    def create(self, request: Request) -> Response:
        """Add a person."""
        user = current_user(request)
        made = add_person(by=user, **self._given(request))
        return Response(project_person(user, made), HTTP_201_CREATED)

    @extend_schema(responses=KnownPersonSerializer)
    def retrieve(self, request: Request, person_id: UUID) -> Response:
        """Get one person."""
        return self._shown(request, person_id)

    @extend_schema(responses=KnownPersonSerializer)
    def update(self, request: Request, person_id: UUID) -> Response:
        """Replace what you noted: fields that you leave out are emptied."""
        given = PersonInputSerializer.emptied | self._given(request)
        edit_person(person_id=person_id, by=current_user(request), **given)
        return self._shown(request, person_id)

    @extend_schema(responses=KnownPersonSerializer)
    def partial_update(self, request: Request, person_id: UUID) -> Response:
        """Change a person."""
        edit_person(person_id=person_id, by=current_user(request), **self._given(request))
        return self._shown(request, person_id)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, person_id: UUID) -> Response:
        """Remove a person. They can be restored for 30 days."""
        remove_people(by=current_user(request), ids=[person_id])
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=KnownPersonSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, person_id: UUID) -> Response:
        """Restore a person whom you removed."""
        user = current_user(request)
        return Response(project_person(user, restore_person(by=user, person_id=person_id)))

    def links(self, data: Any) -> Links:
        rows = data if isinstance(data, list) else [data]
        people = [(row["name"], reverse("person-detail", args=[row["id"]])) for row in rows]
        return [*people, (_("All my people"), reverse("person-list"))]

    def _given(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _shown(self, request: Request, person_id: UUID) -> Response:
        user = current_user(request)
        return Response(project_person(user, person_of(user, person_id)))


class PeopleBulkView(RetriedView, GenericAPIView[Any]):
    """Many of your people in one request."""

    token_access = GIVING
    queryset = Person.objects.none()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        request = getattr(self, "request", None)  # none while the OpenAPI document is made
        return IdsSerializer if request and request.method == "DELETE" else PeopleInputSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "partial", OpenApiTypes.BOOL, description=_("true: add the valid ones, and list the others.")
            )
        ],
        responses={201: AddedPeopleSerializer, 200: AddedPeopleSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add 1 to 500 people: all of them, or none if one is not valid."""
        if request.query_params.get("partial") == "true":
            return self._partial(request)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = current_user(request)
        made = add_people(by=user, people=serializer.validated_data["items"])
        return Response({"created": project_people(user, made)}, HTTP_201_CREATED)

    @extend_schema(request=IdsSerializer, responses=DeletedSerializer)
    def delete(self, request: Request) -> Response:
        """Remove people: all of them, or none if one is not among your people."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ids = serializer.validated_data["ids"]
        return Response({"deleted": remove_people(by=current_user(request), ids=ids)})

    def _partial(self, request: Request) -> Response:
        given = PartialInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        read = [PersonInputSerializer(data=one) for one in given.validated_data["items"]]
        valid = [one.validated_data for one in read if one.is_valid()]
        failed = [
            {"index": index, "errors": list(flat_errors(one.errors))}
            for index, one in enumerate(read)
            if one.errors
        ]
        user = current_user(request)
        with change():
            made = add_people(by=user, people=valid) if valid else []
        return Response({"created": project_people(user, made), "failed": failed}, HTTP_200_OK)
