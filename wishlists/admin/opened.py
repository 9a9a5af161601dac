"""Rows that are empty until a list is opened with a reason, and stay so where the list is for the moderator."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib.admin import AdminSite, display
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.walled_admin import ReadOnlyAdmin
from wishlists.services.moderating import opened_lists

M = TypeVar("M", bound=Model)


class OpenedOnlyAdmin(ReadOnlyAdmin[M]):
    """Rows of the lists that this moderator has open. `list_path` leads from a row to its list."""

    list_path = "wishlist"
    show_full_result_count = False

    def __init__(self, model: type[M], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        self.tenant_path = f"{self.list_path}__tenant"

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        opened = opened_lists(request.user)  # type: ignore[arg-type]
        return super().get_queryset(request).filter(**{f"{self.list_path}__in": opened})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Says where the key is."""
        note = _("Rows appear here for 30 minutes after you use “Show who gives what” on a list.")
        return super().changelist_view(request, (extra_context or {}) | {"subtitle": note})


class OnItemAdmin(OpenedOnlyAdmin[M]):
    """What one giver, with an account or without, did about one item."""

    list_path = "item__wishlist"
    list_select_related = ("item__wishlist", "user", "guest")
    search_fields: ClassVar[tuple[str, ...]] = (
        "item__title",
        "item__wishlist__title",
        "user__display_name",
        "user__email",
        "guest__name",
    )
    ordering = ("-created_at",)

    @display(description=gettext_lazy("list"))
    def wishlist(self, row: Any) -> str:
        return str(row.item.wishlist.title)
