"""What givers promised: empty until a list is opened with a reason, and never of a list that is for the moderator."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wishlist_project.base.admin import ReadOnlyAdmin
from wishlists.models import Contribution, Reservation
from wishlists.services.moderating import opened_lists, release_for_holder

M = TypeVar("M", bound=Model)


class OpenedOnlyAdmin(ReadOnlyAdmin[M]):
    """Rows of the lists that this moderator has open."""

    tenant_path = "item__wishlist__tenant"
    list_select_related = ("item__wishlist", "user", "guest")
    search_fields = (
        "item__title",
        "item__wishlist__title",
        "user__display_name",
        "user__email",
        "guest__name",
    )
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        rows = super().get_queryset(request)
        return rows.filter(item__wishlist__in=opened_lists(request.user))  # type: ignore[arg-type]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Says where the key is."""
        note = _("Rows appear for 30 minutes after “Open what was given” on a list.")
        return super().changelist_view(request, (extra_context or {}) | {"subtitle": note})


@admin.register(Reservation)
class ReservationAdmin(OpenedOnlyAdmin[Reservation]):
    list_display = (
        "item",
        "wishlist",
        "user",
        "guest",
        "units",
        "stage",
        "is_offer",
        "lapses_at",
        "created_at",
        "released_at",
    )
    list_filter = ("stage", "is_offer", ("released_at", admin.EmptyFieldListFilter))
    fields = (
        "item",
        "user",
        "guest",
        "units",
        "stage",
        "is_offer",
        "lapses_at",
        "message",
        "created_at",
        "released_at",
    )
    actions = ("release",)

    @admin.display(description=gettext_lazy("list"))
    def wishlist(self, row: Reservation) -> str:
        return row.item.wishlist.title

    @admin.action(description=gettext_lazy("Release for the holder (logged)"), permissions=["view"])
    def release(self, request: HttpRequest, rows: QuerySet[Reservation]) -> None:
        active = list(rows.filter(released_at=None))
        for reservation in active:
            release_for_holder(reservation=reservation, by=request.user)  # type: ignore[arg-type]
        self.message_user(request, _("Released: %(count)d.") % {"count": len(active)})


@admin.register(Contribution)
class ContributionAdmin(OpenedOnlyAdmin[Contribution]):
    list_display = (
        "item",
        "user",
        "guest",
        "amount_minor",
        "currency",
        "status",
        "created_at",
        "withdrawn_at",
    )
    list_filter = ("status", "currency")
    fields = ("item", "user", "guest", "amount_minor", "currency", "status", "created_at", "withdrawn_at")
