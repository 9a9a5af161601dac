"""The log: what everybody on a list may read, and what moderators did. Giving is not in it."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from wishlist_project.base.admin import ReadOnlyAdmin
from wishlists.models import Activity
from wishlists.services.moderating import opened_lists, receives_any


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin[Activity]):
    """Rows of givers stay out, and so does, for a list of one's own, what other moderators did about its giving."""

    tenant_path = "wishlist__tenant"
    list_display = ("created_at", "kind", "wishlist", "item", "user", "guest")
    list_filter = ("kind", "circle")
    list_select_related = ("wishlist", "item", "user", "guest")
    search_fields = ("wishlist__title", "user__email", "user__display_name", "kind")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        rows = super().get_queryset(request).exclude(circle=Activity.Circle.GIVERS)
        # Of secret additions nothing is read here before the list is opened, which its recipients cannot.
        opened = opened_lists(request.user)  # type: ignore[arg-type]
        rows = rows.exclude(Q(item__is_secret=True) & ~Q(wishlist__in=opened))
        about_giving = [
            "moderation_giving_opened",
            "moderation_reservation_released",
            "moderation_message_removed",
        ]
        own = receives_any(request.user)  # type: ignore[arg-type]
        return rows.exclude(kind__in=about_giving, wishlist__in=own)
