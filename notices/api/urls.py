"""Under `api/v1/`. No trailing slashes."""

from django.urls import path

from notices.api.views import choices, feeds, push_subscriptions

urlpatterns = [
    path(
        "users/me/notifications", choices.NotificationChoicesView.as_view(), name="api-notification-choices"
    ),
    path("users/me/feeds", feeds.FeedLinksView.as_view(), name="api-feeds"),
    path("users/me/feeds/<uuid:link_id>", feeds.FeedLinkView.as_view(), name="api-feed"),
    path(
        "users/me/push-subscriptions",
        push_subscriptions.PushSubscriptionsView.as_view(),
        name="api-push-subscriptions",
    ),
    path(
        "users/me/push-subscriptions/<uuid:subscription_id>",
        push_subscriptions.PushSubscriptionView.as_view(),
        name="api-push-subscription",
    ),
    path("push/key", push_subscriptions.PushKeyView.as_view(), name="api-push-key"),
]
