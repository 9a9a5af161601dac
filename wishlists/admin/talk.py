"""Messages about items and thank-you notes in the admin, for lists whose giving was opened with a reason."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.reasons import ask_reason
from core.db.change import change
from wishlists.admin.opened import OnItemAdmin, OpenedOnlyAdmin
from wishlists.models import Message, Thanks
from wishlists.services.moderating import remove_unwanted_message, restore_unwanted_message


@admin.register(Message)
class MessageAdmin(OnItemAdmin[Message]):
    """Messages of both lanes. They show who asked, so recipients of the list don't see them."""

    list_display = ("said", "lane", "item", "wishlist", "user", "guest", "created_at", "removed_at")
    list_filter = ("lane", ("removed_at", admin.EmptyFieldListFilter))
    search_fields = (*OnItemAdmin.search_fields, "text")
    fields = ("item", "lane", "asked", "text", "user", "guest", "created_at", "removed_at")
    readonly_fields = ("asked",)
    actions = ("remove_unwanted", "restore_unwanted")

    @admin.display(description=gettext_lazy("text"), ordering="text")
    def said(self, row: Message) -> str:
        return Truncator(row.text).chars(120)

    @admin.display(description=gettext_lazy("answer to"))
    def asked(self, row: Message) -> str:
        return row.answer_to.text if row.answer_to else self.get_empty_value_display()

    @admin.action(description=gettext_lazy("Remove (logged)"), permissions=["view"])
    def remove_unwanted(self, request: HttpRequest, rows: QuerySet[Message]) -> TemplateResponse | None:
        warning = _("The authors are told, with your reason.")
        title = _("Remove messages")
        reason = ask_reason(self, request, rows, action="remove_unwanted", title=title, warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        with change():
            # Newest first, so that an answer gets a log row of its own before its question takes the rest with it.
            live = list(rows.filter(removed_at=None).order_by("item__wishlist_id", "item_id", "-created_at"))
            removed = [remove_unwanted_message(message=one, by=request.user, reason=reason) for one in live]  # type: ignore[arg-type]
        self.message_user(request, _("Removed: %(count)d.") % {"count": len(list(filter(None, removed)))})
        return None

    @admin.action(description=gettext_lazy("Put back (logged)"), permissions=["view"])
    def restore_unwanted(self, request: HttpRequest, rows: QuerySet[Message]) -> TemplateResponse | None:
        warning = _("Messages that a moderator removed are put back. The authors are told, with your reason.")
        title = _("Put messages back")
        reason = ask_reason(self, request, rows, action="restore_unwanted", title=title, warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        with change():
            gone = list(rows.exclude(removed_at=None).order_by("item__wishlist_id", "item_id", "created_at"))
            back = [restore_unwanted_message(message=one, by=request.user, reason=reason) for one in gone]  # type: ignore[arg-type]
        self.message_user(request, _("Put back: %(count)d.") % {"count": len(list(filter(None, back)))})
        return None


@admin.register(Thanks)
class ThanksAdmin(OpenedOnlyAdmin[Thanks]):
    """Thank-you notes that were sent, and to whom. Unsent notes are only shown to recipients of the list."""

    list_display = ("wishlist", "user", "guest", "sent_at", "ticked_at")
    list_select_related = ("wishlist", "user", "guest")
    search_fields = ("wishlist__title", "user__display_name", "user__email", "guest__name", "note")
    ordering = ("-sent_at",)
    fields = ("wishlist", "user", "guest", "note", "sent_at", "ticked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thanks]:
        return super().get_queryset(request).exclude(sent_at=None)
