"""Lists in the admin: find them, hide them, show them again, and open their giving with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.reasons import ReasonForm, ask_form, ask_reason
from core.admin.walled_admin import ReadOnlyAdmin
from core.errors.refusals import Refusal
from core.text.text_form_fields import RawTextFormField
from wishlists.models import Wishlist
from wishlists.services.lists.handing_over import hand_over_wishlist, new_owner_of
from wishlists.services.moderating import hide_wishlist, open_giving, unhide_wishlist

Answer = TemplateResponse | None


class NewOwnerForm(ReasonForm):
    """Who shall own the lists, and why."""

    email = RawTextFormField(max_length=254, label=gettext_lazy("E-mail address of the new owner"))

    field_order = ("email", "reason")


@admin.register(Wishlist)
class WishlistAdmin(ReadOnlyAdmin[Wishlist]):
    """The texts and settings of a list, without what anybody gave."""

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
    actions = ("hide", "show_again", "hand_over", "open_what_was_given")

    @admin.action(description=gettext_lazy("Hide from everyone"), permissions=["view"])
    def hide(self, request: HttpRequest, rows: QuerySet[Wishlist]) -> Answer:
        warning = _(
            "Nobody can open these lists until you show them again, not even the owner. Their members are told, and "
            "the owner reads your reason."
        )
        reason = ask_reason(self, request, rows, action="hide", title=_("Hide lists"), warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        for wishlist in rows:
            hide_wishlist(wishlist=wishlist, by=_moderator(request), reason=reason)
        self.message_user(request, _("Lists hidden."))
        return None

    @admin.action(description=gettext_lazy("Show again"), permissions=["view"])
    def show_again(self, request: HttpRequest, rows: QuerySet[Wishlist]) -> Answer:
        warning = _("Everybody who could open these lists can open them again. The owner reads your reason.")
        reason = ask_reason(self, request, rows, action="show_again", title=_("Show again"), warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        for wishlist in rows:
            unhide_wishlist(wishlist=wishlist, by=_moderator(request), reason=reason)
        self.message_user(request, _("Lists shown again."))
        return None

    @admin.action(description=gettext_lazy("Give to another owner…"), permissions=["view"])
    def hand_over(self, request: HttpRequest, rows: QuerySet[Wishlist]) -> Answer:
        warning = _(
            "The new owner can change these lists and share them. The former owner stays on them as a viewer. Both "
            "read your reason. Who the lists are for stays as it is."
        )
        title = _("Give to another owner")
        form = ask_form(self, request, rows, NewOwnerForm, action="hand_over", title=title, warning=warning)
        if isinstance(form, TemplateResponse):
            return form
        for wishlist in rows:
            try:
                to = new_owner_of(wishlist, form.cleaned_data["email"])
                reason = form.cleaned_data["reason"]
                hand_over_wishlist(wishlist=wishlist, to=to, by=_moderator(request), reason=reason)
            except Refusal as refusal:
                self.message_user(request, f"“{wishlist}”: {refusal.detail}", messages.ERROR)
            else:
                self.message_user(request, _("“%(list)s” has a new owner.") % {"list": wishlist})
        return None

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
    """Return the moderator. The admin lets only users in."""
    return request.user
