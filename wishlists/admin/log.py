"""The log in the admin: what everybody on a list may read, and what moderators did. Rows about giving need an opened
list.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.admin.walled_admin import ReadOnlyAdmin
from wishlists.access.activity_kinds import MODERATORS_ON_GIVING, about_giving
from wishlists.models import Activity
from wishlists.services.moderating import opened_lists, receives_any


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin[Activity]):
    """Rows about giving are shown only for lists whose giving the moderator opened, which recipients can't.

    What other moderators did about giving is always shown, except for lists of which this moderator is a recipient.
    """

    tenant_path = "wishlist__tenant"
    list_display = ("created_at", "kind", "wishlist", "item", "user", "guest")
    list_filter = ("kind", "circle")
    list_select_related = ("wishlist", "item", "user", "guest")
    search_fields = ("wishlist__title", "user__email", "user__display_name", "kind")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        opened = opened_lists(request.user)  # type: ignore[arg-type]
        own = receives_any(request.user)  # type: ignore[arg-type]
        by_moderators = Q(kind__in=MODERATORS_ON_GIVING) & ~Q(item__is_secret=True) & ~Q(wishlist__in=own)
        return super().get_queryset(request).filter(~about_giving() | by_moderators | Q(wishlist__in=opened))
