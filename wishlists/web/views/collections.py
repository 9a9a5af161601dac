"""The page on which givers of a list chip in together: what is collected for, and what one gave oneself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.web.views.account import page
from core.errors.refusals import Refusal
from wishlists.queries.money import find_contribution
from wishlists.refusals import MembersOnly
from wishlists.services.money.collecting import end_collection, open_collection
from wishlists.web.asking import asker, desk_of
from wishlists.web.collections_in_words import (
    chip_into,
    find_collection,
    settle,
    told_collections,
    told_own,
    told_pot,
)
from wishlists.web.forms.collections import CollectForm, PurseForm
from wishlists.web.page_context import Desk


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def list_collecting(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """GET: what is collected for. POST: collect for something."""
    desk = _givers_desk(request, wishlist_id)
    form = _form(desk, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, desk, form)
    try:
        open_collection(wishlist=desk.wishlist, by=asker(request), **form.fields_of_collection())
    except Refusal as refusal:
        form.add_error(None, str(refusal.detail))
        return _show(request, desk, form)
    messages.success(request, _("You collect now. The others find it here."))
    return back_to_collecting(desk)


@require_POST
@login_required
@page
def list_collecting_chip(request: HttpRequest, wishlist_id: UUID, collection_id: UUID) -> HttpResponse:
    """Chip in an amount, or all that is missing."""
    desk = _givers_desk(request, wishlist_id)
    collection = find_collection(desk, collection_id)
    form = PurseForm(request.POST, currency=collection.currency)
    if not form.is_valid():
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
        return back_to_collecting(desk)

    def act() -> str:
        amount = form.cleaned_data["amount_minor"]
        chip_into(desk, collection.item_id, desk.viewer, amount, collection.currency)
        return _("You have chipped in. Thank you!")

    return act_and_go_back(request, desk, act)


@require_POST
@login_required
@page
def list_collecting_end(request: HttpRequest, wishlist_id: UUID, collection_id: UUID) -> HttpResponse:
    desk = _givers_desk(request, wishlist_id)
    collection = find_collection(desk, collection_id)

    def act() -> str:
        end_collection(collection=collection, by=asker(request))
        return _("You collect no longer. What was chipped in stays.")

    return act_and_go_back(request, desk, act)


@require_POST
@login_required
@page
def list_contribution(request: HttpRequest, wishlist_id: UUID, contribution_id: UUID) -> HttpResponse:
    """Of one's own: paid, not paid after all, or taken back."""
    desk = _givers_desk(request, wishlist_id)
    mine, action = find_contribution(desk.viewer, contribution_id), request.POST.get("action", "")
    return act_and_go_back(request, desk, lambda: settle(mine, desk.viewer, action))


def act_and_go_back(request: HttpRequest, desk: Desk, act: Callable[[], str]) -> HttpResponse:
    """To the page, which says what came of it."""
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
    return back_to_collecting(desk)


def back_to_collecting(desk: Desk) -> HttpResponse:
    """Up to what there is to say, from whatever form of the page."""
    answer = redirect(f"{desk.address}/collecting#messages")
    answer.status_code = 303
    return answer


def _givers_desk(request: HttpRequest, wishlist_id: UUID) -> Desk:
    """Recipients are refused before anything is looked at."""
    desk = desk_of(request, wishlist_id)
    desk.viewpoint.require_giver()
    if not desk.is_among_givers:
        raise MembersOnly
    return desk


def _form(desk: Desk, typed: Any) -> CollectForm:
    return CollectForm(
        typed,
        items=list(desk.items().with_counted_currency()),
        pot_currency=told_pot(desk)["currency"],
        time_zone=desk.wishlist.time_zone,
    )


def _show(request: HttpRequest, desk: Desk, form: CollectForm) -> HttpResponse:
    context = {
        "desk": desk,
        "wishlist": desk.wishlist,
        "tab": "collecting",
        "form": form,
        "collections": told_collections(desk),
        "mine": told_own(desk),
    }
    return render(request, "wishlists/collecting.html", context, status=422 if form.errors else 200)
