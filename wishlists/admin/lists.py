"""Lists: found, hidden, shown again, and opened with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.walled_admin import ReadOnlyAdmin
from wishlists.admin.reasons import ask_reason
from wishlists.models import Wishlist
from wishlists.services.moderating import hide_wishlist, open_giving, unhide_wishlist

Answer = TemplateResponse | None


@admin.register(Wishlist)
class WishlistAdmin(ReadOnlyAdmin[Wishlist]):
    """What a list says, and how it treats its secret; not what anybody did with it."""

    list_display = (
        "title",
        "owner",
        "tenant",
        "policy",
        "is_public",
        "due_date",
        "hidden_at",
        "removed_at",
        "created_at",
    )
    list_filter = ("policy", "is_public", ("hidden_at", admin.EmptyFieldListFilter), "tenant")
    list_select_related = ("owner", "tenant")
    search_fields = ("title", "description", "owner__email", "owner__display_name")
    date_hierarchy = "created_at"
    actions = ("hide", "show_again", "open_what_was_given")

    @admin.action(description=gettext_lazy("Hide from everyone"), permissions=["view"])
    def hide(self, request: HttpRequest, rows: QuerySet[Wishlist]) -> Answer:
        warning = _("Nobody can open these lists until you show them again, not even the owner.")
        reason = ask_reason(self, request, rows, action="hide", title=_("Hide lists"), warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        for wishlist in rows:
            hide_wishlist(wishlist=wishlist, by=_moderator(request), reason=reason)
        self.message_user(request, _("Lists hidden."))
        return None

    @admin.action(description=gettext_lazy("Show again"), permissions=["view"])
    def show_again(self, request: HttpRequest, rows: QuerySet[Wishlist]) -> None:
        for wishlist in rows:
            unhide_wishlist(wishlist=wishlist, by=_moderator(request), reason="")
        self.message_user(request, _("Lists shown again."))

    @admin.action(description=gettext_lazy("Show who gives what (logged)"), permissions=["view"])
    def open_what_was_given(self, request: HttpRequest, rows: QuerySet[Wishlist]) -> Answer:
        warning = _(
            "For 30 minutes you will see reservations, contributions, group gifts, waiting lists, "
            "thank-you notes and messages. This is logged with your name."
        )
        title = _("Show who gives what")
        reason = ask_reason(self, request, rows, action="open_what_was_given", title=title, warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        for wishlist in rows:
            if open_giving(wishlist=wishlist, by=_moderator(request), reason=reason):
                self.message_user(
                    request,
                    _("You can see who gives what on “%(list)s” for 30 minutes.") % {"list": wishlist},
                )
            else:
                refused = _("“%(list)s” is for you, so you can't see who gives what.") % {"list": wishlist}
                self.message_user(request, refused, messages.ERROR)
        return None


def _moderator(request: HttpRequest) -> Any:
    """Whoever got past the admin's door is a user of ours."""
    return request.user
