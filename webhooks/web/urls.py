"""URLs of the pages of webhooks. No trailing slashes."""

from django.urls import path

from webhooks.web import views

urlpatterns = [
    path("account/webhooks", views.account_webhooks, name="account-webhooks"),
    path("account/webhooks/<uuid:webhook_id>", views.account_webhook, name="account-webhook"),
    path("account/webhooks/<uuid:webhook_id>/turn", views.account_webhook_turn, name="account-webhook-turn"),
    path(
        "account/webhooks/<uuid:webhook_id>/delete",
        views.account_webhook_delete,
        name="account-webhook-delete",
    ),
]
