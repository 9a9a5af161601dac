"""The pages of an item: its card and buttons, and adding, editing, moving and removing it."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.web.form_repeats import done_before, keep_facts
from accounts.web.views.account import web_page
from core.db.change import change
from core.money.money import format_amount
from wishlists.models import Item
from wishlists.refusals import EditorsOnly, NoSuchItem
from wishlists.services.lists.drafts import add_draft, edit_draft, remove_draft, show_draft
from wishlists.services.lists.items import add_item, edit_item, remove_item, restore_item
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.locking import lock_item
from wishlists.web.cards.card_actions import (
    back_to_card,
    chip_in,
    show_card,
    show_cards,
    show_chip_form,
    submit_card_action,
)
from wishlists.web.cards.cards import CardFeedback
from wishlists.web.forms.alternatives import ChoiceForm
from wishlists.web.forms.lists import ItemEditForm, ItemForm
from wishlists.web.link_filling import fill_form
from wishlists.web.lookups import current_user, editors_page, page_of_list
from wishlists.web.page_context import PageContext
from wishlists.web.views.lists import list_page


@require_POST
@login_required
@web_page
def item_add(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Add a wish to the list, for givers only (`how=secret`), or as a draft (`how=draft`)."""
    page = page_of_list(request, wishlist_id)
    if not (page.may_edit or page.may_add_in_secret):
        raise EditorsOnly
    if request.POST.get("how") == "fill":
        return list_page(
            request, page, item_form=_filled(request, ItemForm.new_values(page.wishlist.owner), "new_%s")
        )
    form = ItemForm(request.POST, auto_id="new_%s", initial=ItemForm.new_values(page.wishlist.owner))
    if not form.is_valid():
        return list_page(request, page, item_form=form)
    fields, how = form.fields_of_item(), request.POST.get("how")
    if how == "draft":
        add_draft(wishlist=page.wishlist, by=current_user(request), **fields)
        messages.success(request, _("Draft saved."))
        return redirect(f"{page.address}#drafts")
    add = add_secret_item if how == "secret" else add_item
    return back_to_card(page, add(wishlist=page.wishlist, by=page.viewer, **fields).pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def item_card(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """GET: the card, for the live script. POST: an action of one of its buttons."""
    page = page_of_list(request, wishlist_id)
    if request.method != "POST":
        return show_card(request, page, item_id)
    return submit_card_action(
        request, page, item_id, enter=lambda _typed: page.viewer, whole=partial(_whole, request)
    ).answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def item_chip(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """GET: the form to chip in. POST: chip in."""
    page = page_of_list(request, wishlist_id)
    if request.method != "POST":
        return show_chip_form(request, page, item_id)
    return chip_in(request, page, item_id, enter=lambda _typed: page.viewer).answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def item_edit(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    page, item = _changed_by(request, wishlist_id, item_id)
    is_filling = request.POST.get("how") == "fill"
    is_saving = request.method == "POST" and not is_filling
    with change() if is_saving else nullcontext():
        item = lock_item(item) if is_saving else item
        known = ItemForm.values_of(item, _price(item))
        form = _refilled(request, known) if is_filling else ItemEditForm(request.POST or None, initial=known)
        choice = ChoiceForm(request.POST or None, page=page, item=item)
        if form.is_valid() and choice.is_valid():
            edit_item(item=item, by=page.viewer, **form.fields_of_item())
            choice.group(page.viewer)
            return back_to_card(page, item_id)
    context = {"page": page, "wishlist": page.wishlist, "item": item, "form": form, "choice": choice}
    status = 422 if form.errors or choice.errors else 200
    return render(request, "wishlists/item_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def item_remove(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask for confirmation, then remove. The answer doesn't depend on whether the wish is reserved."""
    page, item = _changed_by(request, wishlist_id, item_id)
    if request.method == "POST":
        remove_item(item=item, by=page.viewer)
        return redirect(f"{page.address}?removed={item.pk}")
    return render(
        request, "wishlists/item_remove.html", {"page": page, "wishlist": page.wishlist, "item": item}
    )


@require_POST
@login_required
@web_page
def item_restore(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """Undo a removal."""
    page = editors_page(request, wishlist_id)
    restore_item(item=page.removed_item(str(item_id)) or page.item(item_id), by=page.viewer)
    return back_to_card(page, item_id)


@require_POST
@login_required
@web_page
def item_move(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """Move a wish one place up or down. Usually two items change. If positions were equal or had gaps, more do."""
    page = editors_page(request, wishlist_id)
    moved = page.item(item_id)
    may_move = not moved.is_secret and moved.mark != Item.Mark.RECEIVED
    if may_move and done_before(request) is None:
        _move(page, item_id, up=request.POST.get("to") == "up")
    answer = show_cards(request, page, CardFeedback(item_id)) if request.htmx else back_to_card(page, item_id)  # type: ignore[attr-defined]
    keep_facts(answer, draw={})
    return answer


def _changed_by(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> tuple[PageContext, Item]:
    """Return the page and the item, for people who may change it: editors, and members who added it in secret."""
    page = page_of_list(request, wishlist_id)
    if not page.viewpoint.is_member:
        raise EditorsOnly
    item = page.item(item_id)
    if not page.may_change(item):
        raise EditorsOnly
    return page, item


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def draft_edit(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """Edit a draft, show it (`how=show`), or delete it (`how=remove`)."""
    page, by = editors_page(request, wishlist_id), current_user(request)
    draft = next((draft for draft in page.drafts if draft.pk == item_id), None)
    if draft is None:
        raise NoSuchItem
    here: dict[str, Any] = {"wishlist": page.wishlist, "by": by, "item_id": item_id}
    if request.POST.get("how") == "remove":
        remove_draft(**here)
        messages.success(request, _("Draft deleted."))
        return redirect(page.address)
    known, is_filling = ItemForm.values_of(draft, _price(draft)), request.POST.get("how") == "fill"
    form = _refilled(request, known) if is_filling else ItemEditForm(request.POST or None, initial=known)
    if form.is_valid():
        with change():
            edit_draft(**here, **form.fields_of_item())
            if request.POST.get("how") == "show":
                return back_to_card(page, show_draft(**here).pk)
        messages.success(request, _("Saved."))
        return redirect(f"{page.address}#drafts")
    context = {"page": page, "wishlist": page.wishlist, "item": draft, "form": form}
    return render(request, "wishlists/draft_edit.html", context, status=422 if form.errors else 200)


def _filled(request: HttpRequest, opened_with: dict[str, Any], auto_id: str = "id_%s") -> ItemForm:
    """Return the submitted form with empty fields filled from its link. Nothing is saved."""
    form, feedback = fill_form(request.POST, opened_with, current_user(request).pk)
    form.auto_id = auto_id
    if feedback:
        messages.warning(request, feedback)
    return form


def _refilled(request: HttpRequest, known: dict[str, Any]) -> ItemEditForm:
    """Return the filled form for an existing item. It keeps the values with which it was first opened."""
    form = ItemEditForm(initial=_filled(request, known).initial)
    form.data = request.POST
    return form


def _price(item: Item) -> str:
    return "" if item.price_minor is None else format_amount(item.price_minor, item.currency)


@change()
def _move(page: PageContext, item_id: UUID, *, up: bool) -> None:
    """Move the item among those that everybody sees. Gaps in the order would show that there are secret additions."""
    in_order = list(page.items().open_knowledge().archived(False))
    place = next(place for place, item in enumerate(in_order) if item.pk == item_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(in_order):
        in_order[place], in_order[other] = in_order[other], in_order[place]
        _number(page, in_order)


def _number(page: PageContext, in_order: list[Item]) -> None:
    for position, item in enumerate(in_order):
        if item.position != position:
            item.wishlist = page.wishlist
            edit_item(item=item, by=page.viewer, position=position)


def _whole(request: HttpRequest, page: PageContext, feedback: CardFeedback) -> HttpResponse:
    return list_page(request, page, feedback=feedback)
