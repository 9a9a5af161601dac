"""Under `api/v1/`. No trailing slashes."""

from django.urls import path

from webhooks.api.views import WebhookDeliveriesView, WebhooksView, WebhookView

urlpatterns = [
    path("webhooks", WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/deliveries", WebhookDeliveriesView.as_view(), name="webhook-deliveries"),
]
