"""The pages of the reveal: what it means, who gave what after it, and a note of thanks for each giver."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.web.views.account import web_page
from core.db.change import change
from core.errors.refusals import Refusal
from core.pages.edit_forms import EditForm
from core.text.text_form_fields import LinesFormField
from wishlists.bounds import MAX_MESSAGE
from wishlists.projections.gifts import all_named, project_gifts, project_thanks, require_revealed
from wishlists.projections.rows import Row
from wishlists.refusals import RevealersOnly
from wishlists.services.lists.reveal import may_reveal, reveal_wishlist
from wishlists.services.thanking import read_note, send_thanks, write_thanks
from wishlists.web.cards.stages import as_given
from wishlists.web.lookups import current_user, page_of_list
from wishlists.web.page_context import PageContext

TICK, UNTICK, SEND, SAVE = "tick", "untick", "send", "save"


class ThanksForm(EditForm):
    """A note to one giver. Templates draw its fields, one form per giver."""

    action = forms.ChoiceField(choices=[(name, name) for name in (TICK, UNTICK, SEND, SAVE)])
    note = LinesFormField(max_length=MAX_MESSAGE, required=False)

    def edits(self) -> bool:
        return str(self.data.get("action")) in (SEND, SAVE)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def list_reveal(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """GET explains the reveal, POST does it. Neither depends on what was given."""
    page = page_of_list(request, wishlist_id)
    if not may_reveal(page.viewpoint):
        raise RevealersOnly
    is_confirmed = request.method == "POST" and request.POST.get("confirm") == "true"
    if is_confirmed:
        reveal_wishlist(wishlist=page.wishlist, by=current_user(request))
    if is_confirmed or page.wishlist.revealed_at:
        return redirect("list-gifts", wishlist_id)
    context, status = {"page": page, "wishlist": page.wishlist}, 422 if request.method == "POST" else 200
    return render(request, "wishlists/reveal.html", context, status=status)


@require_safe
@login_required
@web_page
def list_gifts(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Show who gave what, and for recipients also the thanks."""
    page = page_of_list(request, wishlist_id)
    require_revealed(page.viewpoint)
    context = {"page": page, "wishlist": page.wishlist, "tab": "gifts", "givers": _givers(page)}
    return render(request, "wishlists/gifts.html", context | {"thanks": may_reveal(page.viewpoint)})


@require_POST
@login_required
@web_page
def list_thanks(request: HttpRequest, wishlist_id: UUID, giver_id: UUID) -> HttpResponse:
    """Save, tick off or send a note. Errors are shown on the page that it redirects to."""
    page = page_of_list(request, wishlist_id)
    try:
        with change():
            form = ThanksForm(
                request.POST,
                initial={
                    "note": read_note(wishlist=page.wishlist, by=current_user(request), giver_id=giver_id)
                },
            )
            if form.clashes:
                messages.warning(request, str(form.errors["note"][0]))
            elif not form.is_valid():
                messages.warning(request, _("Write at most 2,000 characters."))
            else:
                note = form.cleaned_data["note"] if form.edited else None
                _thank(request, page, giver_id, form.cleaned_data["action"], note)
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
    answer = redirect(f"{page.address}/gifts#giver-{giver_id}")
    answer.status_code = 303
    return answer


@change()
def _thank(request: HttpRequest, page: PageContext, giver_id: UUID, action: str, note: str | None) -> None:
    if action in (TICK, UNTICK):
        write_thanks(
            wishlist=page.wishlist, by=current_user(request), giver_id=giver_id, ticked=action == TICK
        )
    elif note is not None:
        write_thanks(wishlist=page.wishlist, by=current_user(request), giver_id=giver_id, note=note)
    if action == SEND:
        send_thanks(wishlist=page.wishlist, by=current_user(request), giver_id=giver_id)
    messages.success(request, _("Thank-you note sent.") if action == SEND else _("Saved."))


def _givers(page: PageContext) -> list[Row]:
    if may_reveal(page.viewpoint):
        rows = project_thanks(page.viewpoint)
    else:
        rows = project_gifts(page.viewpoint, named=all_named(page.viewpoint))
    return [{**row, "name": row["display_name"] or _("Someone"), "lines": _lines(row)} for row in rows]


def _lines(row: Row) -> list[dict[str, str]]:
    """Return what one giver gave, in words."""
    reserved = [
        {
            "title": gift["item_title"] if gift["units"] == 1 else f"{gift['units']} × {gift['item_title']}",
            "how": str(as_given(gift["stage"])),
            "message": gift["message"] or "",
        }
        for gift in row["reservations"]
    ]
    chipped = [
        {
            "title": money["item_title"] or _("Group pot"),
            "how": f"{money['amount']}, {_('paid') if money['status'] == 'paid' else _('pledged')}",
            "message": "",
        }
        for money in row["contributions"]
    ]
    return [*reserved, *chipped]
