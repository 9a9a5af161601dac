"""What people say: about an item, and in thanks. Of lists that were opened with a reason."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.db.change import change
from wishlists.admin.opened import OnItemAdmin, OpenedOnlyAdmin
from wishlists.models import Message, Thanks
from wishlists.services.moderating import remove_unwanted_message


@admin.register(Message)
class MessageAdmin(OnItemAdmin[Message]):
    """Both lanes. Who asked is shown here, so those who were asked stay out like other recipients."""

    list_display = ("said", "lane", "item", "wishlist", "user", "guest", "created_at", "removed_at")
    list_filter = ("lane", ("removed_at", admin.EmptyFieldListFilter))
    search_fields = (*OnItemAdmin.search_fields, "text")
    fields = ("item", "lane", "asked", "text", "user", "guest", "created_at", "removed_at")
    readonly_fields = ("asked",)
    actions = ("remove_unwanted",)

    @admin.display(description=gettext_lazy("text"), ordering="text")
    def said(self, row: Message) -> str:
        return Truncator(row.text).chars(120)

    @admin.display(description=gettext_lazy("answer to"))
    def asked(self, row: Message) -> str:
        return row.answer_to.text if row.answer_to else self.get_empty_value_display()

    @admin.action(description=gettext_lazy("Remove (logged)"), permissions=["view"])
    def remove_unwanted(self, request: HttpRequest, rows: QuerySet[Message]) -> None:
        with change():
            # The newest first: an answer has its own row in the log, before its question takes along what is left.
            live = list(rows.filter(removed_at=None).order_by("item__wishlist_id", "item_id", "-created_at"))
            removed = [remove_unwanted_message(message=one, by=request.user) for one in live]  # type: ignore[arg-type]
        self.message_user(request, _("Removed: %(count)d.") % {"count": len(list(filter(None, removed)))})


@admin.register(Thanks)
class ThanksAdmin(OpenedOnlyAdmin[Thanks]):
    """To whom those for whom the list is wrote after the reveal, and what. What is not sent is still theirs alone."""

    list_display = ("wishlist", "user", "guest", "sent_at", "ticked_at")
    list_select_related = ("wishlist", "user", "guest")
    search_fields = ("wishlist__title", "user__display_name", "user__email", "guest__name", "note")
    ordering = ("-sent_at",)
    fields = ("wishlist", "user", "guest", "note", "sent_at", "ticked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thanks]:
        return super().get_queryset(request).exclude(sent_at=None)
