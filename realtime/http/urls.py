"""Under `api/v1/`. No trailing slashes."""

from django.urls import path

from realtime.http.views import InboxEventsView, ListEventsView, PublicEventsView

urlpatterns = [
    path("wishlists/<uuid:wishlist_id>/events", ListEventsView.as_view(), name="list-events"),
    path("inbox/events", InboxEventsView.as_view(), name="inbox-events"),
    path("public/events", PublicEventsView.as_view(), name="public-events"),
]
