"""REST views of webhooks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import LOG_INS
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from webhooks.api.serializers import (
    NewWebhookSerializer,
    WebhookChangeSerializer,
    WebhookDeliverySerializer,
    WebhookInputSerializer,
    WebhookSerializer,
)
from webhooks.models import Webhook
from webhooks.projections import delivery_row, new_webhook_row, webhook_row
from webhooks.queries import webhook_at
from webhooks.services.managing import delete_webhook, make_webhook, pause_webhook, resume_webhook
from webhooks.signing import secret_of

SHOWN = 100


class WebhooksView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = LOG_INS
    queryset = Webhook.objects.none()
    serializer_class = WebhookInputSerializer

    @extend_schema(responses=WebhookSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your webhooks."""
        return Response([webhook_row(one) for one in current_user(request).webhooks.all()])

    @extend_schema(responses={201: NewWebhookSerializer})
    def post(self, request: Request) -> Response:
        """Send the events of your lists to an address, as you may see them. Keep `secret`: it verifies the signatures."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = make_webhook(user=current_user(request), **serializer.validated_data)
        return Response(new_webhook_row(made), HTTP_201_CREATED)

    def without_secrets(self, data: Any) -> Any:
        return {**data, "secret": None}

    def with_secrets(self, data: Any) -> Any:
        """Return the stored answer with the secret again: it is derived from the id."""
        return {**data, "secret": secret_of(Webhook(pk=UUID(data["id"])))}

    def links(self, data: Any) -> Links:
        rows = data if isinstance(data, list) else [data]
        return [(row["url"], reverse("webhook", [row["id"]])) for row in rows]


class WebhookView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = LOG_INS
    queryset = Webhook.objects.none()
    serializer_class = WebhookChangeSerializer

    @extend_schema(responses=WebhookSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """Get one webhook."""
        return Response(webhook_row(webhook_at(current_user(request), webhook_id)))

    @extend_schema(responses=WebhookSerializer)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Pause a webhook, or let it go on. Then each list begins with `resync`."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        turn = resume_webhook if serializer.validated_data["is_active"] else pause_webhook
        return Response(webhook_row(turn(user=current_user(request), webhook_id=webhook_id)))

    @extend_schema(responses=WebhookSerializer)
    def put(self, request: Request, webhook_id: UUID) -> Response:
        """Pause a webhook, or let it go on."""
        return self.patch(request, webhook_id)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Delete a webhook. Nothing more is delivered to it."""
        delete_webhook(user=current_user(request), webhook_id=webhook_id)
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return [
            ("deliveries", reverse("webhook-deliveries", [data["id"]])),
            ("webhooks", reverse("webhooks")),
        ]


class WebhookDeliveriesView(ShownAnswersView):
    token_access = LOG_INS

    @extend_schema(responses=WebhookDeliverySerializer(many=True))
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """List the newest deliveries, with what the receiver answered. Each attempt is one."""
        deliveries = webhook_at(current_user(request), webhook_id).deliveries.all()
        paged, headers = page_of(request, deliveries)
        return Response([delivery_row(one) for one in (paged if headers else paged[:SHOWN])], headers=headers)
