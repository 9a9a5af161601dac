"""Items in the admin. Moderators may correct texts, and don't see how many units are taken."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.admin_forms import EditModelForm
from core.admin.reasons import ask_reason
from core.admin.walled_admin import WalledAdmin
from core.db.change import change
from wishlists.models import Item
from wishlists.services.moderating import (
    correct_item,
    opened_lists,
    remove_unwanted_item,
    restore_unwanted_item,
)


@admin.register(Item)
class ItemAdmin(WalledAdmin[Item]):
    """Moderators correct texts and links, and remove unwanted items."""

    form = EditModelForm[Item]
    tenant_path = "wishlist__tenant"
    list_display = ("title", "wishlist", "link_url", "created_at", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "wishlist__tenant")
    list_select_related = ("wishlist",)
    search_fields = ("title", "description", "link_url", "wishlist__title", "wishlist__owner__email")
    fields = (
        "wishlist",
        "title",
        "description",
        "link_url",
        "image_url",
        "position",
        "created_at",
        "removed_at",
    )
    readonly_fields = ("wishlist", "created_at", "removed_at")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = ("remove_unwanted", "restore_unwanted")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        """Leave out drafts, and secret additions of lists whose giving the moderator has not opened."""
        opened = opened_lists(request.user)  # type: ignore[arg-type]
        known = Q(is_secret=False) | Q(wishlist__in=opened)
        return super().get_queryset(request).filter(known, draft_of=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Item, form: Any, change: bool) -> None:
        correct_item(item=obj, by=request.user, fields=form.changed_data)  # type: ignore[arg-type]

    @admin.action(description=gettext_lazy("Remove from the list"), permissions=["change"])
    def remove_unwanted(self, request: HttpRequest, rows: QuerySet[Item]) -> TemplateResponse | None:
        warning = _("The owner and whoever added these wishes are told, with your reason.")
        title = _("Remove from the list")
        reason = ask_reason(self, request, rows, action="remove_unwanted", title=title, warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        with change():
            live = list(rows.filter(removed_at=None).order_by("wishlist_id", "pk"))
            for item in live:
                remove_unwanted_item(item=item, by=request.user, reason=reason)  # type: ignore[arg-type]
        self.message_user(request, _("Removed: %(count)d.") % {"count": len(live)})
        return None

    @admin.action(description=gettext_lazy("Put back on the list"), permissions=["change"])
    def restore_unwanted(self, request: HttpRequest, rows: QuerySet[Item]) -> TemplateResponse | None:
        warning = _("Wishes that a moderator removed are put back. The owner is told, with your reason.")
        title = _("Put back on the list")
        reason = ask_reason(self, request, rows, action="restore_unwanted", title=title, warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        with change():
            gone = list(rows.exclude(removed_at=None).order_by("wishlist_id", "pk"))
            put = [restore_unwanted_item(item=item, by=request.user, reason=reason) for item in gone]  # type: ignore[arg-type]
        back = sum(item.removed_at is None for item in put)
        self.message_user(request, _("Put back: %(count)d.") % {"count": back})
        return None
