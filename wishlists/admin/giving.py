"""What givers promised, each for themselves or together, and who waits: of lists that were opened with a reason."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wishlists.admin.opened import OnItemAdmin, OpenedOnlyAdmin
from wishlists.models import Collection, Contribution, Reservation, WaitlistEntry
from wishlists.services.moderating import release_for_holder


@admin.register(Reservation)
class ReservationAdmin(OnItemAdmin[Reservation]):
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

    @admin.action(description=gettext_lazy("Cancel these reservations (logged)"), permissions=["view"])
    def release(self, request: HttpRequest, rows: QuerySet[Reservation]) -> None:
        active = list(rows.filter(released_at=None))
        for reservation in active:
            release_for_holder(reservation=reservation, by=request.user)  # type: ignore[arg-type]
        self.message_user(request, _("Reservations cancelled: %(count)d.") % {"count": len(active)})


@admin.register(Contribution)
class ContributionAdmin(OnItemAdmin[Contribution]):
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


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(OnItemAdmin[WaitlistEntry]):
    """Places in the lines for what others have."""

    list_display = ("item", "wishlist", "user", "guest", "created_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    fields = ("item", "user", "guest", "created_at", "ended_at")


@admin.register(Collection)
class CollectionAdmin(OpenedOnlyAdmin[Collection]):
    """For an item, or without one for the list as a whole."""

    list_display = (
        "wishlist",
        "item",
        "organiser",
        "target_minor",
        "currency",
        "deadline_at",
        "created_at",
        "ended_at",
    )
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "currency")
    list_select_related = ("wishlist", "item", "organiser")
    search_fields = ("wishlist__title", "item__title", "organiser__display_name", "organiser__email", "note")
    ordering = ("-created_at",)
    fields = (
        "wishlist",
        "item",
        "organiser",
        "target_minor",
        "currency",
        "note",
        "deadline_at",
        "created_at",
        "ended_at",
    )
