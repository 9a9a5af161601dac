"""URLs of the notification settings, of the links in mails, and of what programs read. No trailing slashes."""

from django.urls import path

from notices.web.views import feed_links, push_subscriptions, reading, settings, unsubscribing

urlpatterns = [
    path("account/notifications", settings.notifications, name="account-notifications"),
    path(
        "account/notifications/<str:group>", settings.notifications_group, name="account-notifications-group"
    ),
    path("account/push", push_subscriptions.push_on, name="push-on"),
    path("account/push/off", push_subscriptions.push_off, name="push-off"),
    path("account/feeds", feed_links.feed_links, name="account-feeds"),
    path("account/feeds/<uuid:link_id>/revoke", feed_links.feed_link_revoke, name="account-feed-revoke"),
    path("unsubscribe/<str:token>/<str:scope>", unsubscribing.stop_mails, name="unsubscribe"),
    path("unsubscribe/<str:token>/<str:scope>/undo", unsubscribing.want_mails_again, name="unsubscribe-undo"),
    path("calendar/<str:secret>.ics", reading.calendar, name="calendar"),
    path("feeds/<str:secret>.atom", reading.news, name="news-feed"),
    path("api/v1/calendar/<str:secret>.ics", reading.calendar),
    path("api/v1/feeds/<str:secret>.atom", reading.news),
]
