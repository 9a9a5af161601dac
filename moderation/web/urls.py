"""The pages to report something. No trailing slashes."""

from django.urls import path

from moderation.web import views

_LIST, _LINK, _ITEM = "lists/<uuid:wishlist_id>", "s/<str:token>", "items/<uuid:item_id>"
_MESSAGE = f"{_ITEM}/talk/<uuid:message_id>"

urlpatterns = [
    path(f"{_LIST}/report", views.report_on_list, name="report-list"),
    path(f"{_LIST}/{_ITEM}/report", views.report_on_list, name="report-item"),
    path(f"{_LIST}/{_MESSAGE}/report", views.report_on_list, name="report-message"),
    path(f"{_LIST}/members/<uuid:user_id>/report", views.report_on_list, name="report-person"),
    path(f"{_LINK}/report", views.report_by_link, name="share-report"),
    path(f"{_LINK}/{_ITEM}/report", views.report_by_link, name="share-report-item"),
    path(f"{_LINK}/{_MESSAGE}/report", views.report_by_link, name="share-report-message"),
    path(f"{_LINK}/owner/report", views.report_owner, name="share-report-owner"),
]
