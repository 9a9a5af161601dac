"""The admin pages of links and suggestions, for moderators. No token is shown: moderators could use it unnoticed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.reasons import ask_reason
from core.admin.walled_admin import ReadOnlyAdmin
from core.db.change import change
from sharing.models import PublicLink, Suggestion
from sharing.services.links import moderate_link
from sharing.services.suggestions import moderate_suggestion


@admin.register(PublicLink)
class PublicLinkAdmin(ReadOnlyAdmin[PublicLink]):
    """Who created public links, and until when they work."""

    tenant_path = "wishlist__tenant"
    list_display = (
        "wishlist",
        "created_by",
        "created_at",
        "expires_at",
        "max_views",
        "view_count",
        "revoked_at",
    )
    list_filter = (
        ("revoked_at", admin.EmptyFieldListFilter),
        ("max_views", admin.EmptyFieldListFilter),
        "expires_at",
        "created_at",
    )
    list_select_related = ("wishlist", "created_by")
    search_fields = (
        "wishlist__title",
        "wishlist__owner__email",
        "created_by__email",
        "created_by__display_name",
    )
    fields = list_display
    date_hierarchy = "created_at"
    actions = ("revoke",)

    @admin.action(description=gettext_lazy("Revoke"), permissions=["view"])
    def revoke(self, request: HttpRequest, rows: QuerySet[PublicLink]) -> TemplateResponse | None:
        warning = _("Everyone who opened these links loses access at once.")
        reason = ask_reason(self, request, rows, action="revoke", title=_("Revoke links"), warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        with change():
            links = list(rows.filter(revoked_at=None).order_by("wishlist_id", "pk"))
            for link in links:
                moderate_link(link=link, by=_moderator(request), reason=reason)
        self.message_user(request, _("Links revoked: %(count)d.") % {"count": len(links)})
        return None


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin[Suggestion]):
    """What people suggested. Some of it is unwanted advertising."""

    tenant_path = "wishlist__tenant"
    list_display = ("title", "wishlist", "suggested_by", "status", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("wishlist", "suggested_by")
    search_fields = ("title", "link_url", "message", "wishlist__title", "suggested_by__email")
    fields = ("title", "wishlist", "suggested_by", "link_url", "message", "status", "created_at")
    actions = ("take_away",)

    @admin.action(description=gettext_lazy("Remove"), permissions=["view"])
    def take_away(self, request: HttpRequest, rows: QuerySet[Suggestion]) -> None:
        with change():
            pending = list(rows.pending().order_by("wishlist_id", "pk"))  # type: ignore[attr-defined]
            for suggestion in pending:
                moderate_suggestion(suggestion=suggestion, by=_moderator(request))
        self.message_user(request, _("Removed: %(count)d.") % {"count": len(pending)})


def _moderator(request: HttpRequest) -> Any:
    """Return the user. The admin lets in users only."""
    return request.user
