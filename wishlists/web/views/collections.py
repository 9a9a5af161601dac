"""The page of a list's group gifts, and of the viewer's own contributions."""

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

from accounts.web.views.account import web_page
from core.errors.refusals import Refusal
from wishlists.queries.money import find_contribution
from wishlists.refusals import MembersOnly
from wishlists.services.money.collecting import end_collection, open_collection
from wishlists.web.collection_rows import (
    chip_into,
    collection_rows,
    find_collection,
    own_contribution_rows,
    pot_row,
    settle,
)
from wishlists.web.forms.collections import CollectForm, FundForm
from wishlists.web.lookups import current_user, page_of_list
from wishlists.web.page_context import PageContext


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def list_collecting(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """GET: show the group gifts. POST: start one."""
    page = _givers_page(request, wishlist_id)
    form = _form(page, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, page, form)
    try:
        open_collection(wishlist=page.wishlist, by=current_user(request), **form.fields_of_collection())
    except Refusal as refusal:
        form.add_error(None, str(refusal.detail))
        return _show(request, page, form)
    messages.success(request, _("Group gift started."))
    return back_to_collecting(page)


@require_POST
@login_required
@web_page
def list_collecting_chip(request: HttpRequest, wishlist_id: UUID, collection_id: UUID) -> HttpResponse:
    """Contribute an amount, or the remaining amount."""
    page = _givers_page(request, wishlist_id)
    collection = find_collection(page, collection_id)
    form = FundForm(request.POST, currency=collection.currency)
    if not form.is_valid():
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
        return back_to_collecting(page)

    def act() -> str:
        amount = form.cleaned_data["amount_minor"]
        chip_into(page, collection.item_id, page.viewer, amount, collection.currency)
        return _("Thank you for chipping in!")

    return act_and_go_back(request, page, act)


@require_POST
@login_required
@web_page
def list_collecting_end(request: HttpRequest, wishlist_id: UUID, collection_id: UUID) -> HttpResponse:
    page = _givers_page(request, wishlist_id)
    collection = find_collection(page, collection_id)

    def act() -> str:
        end_collection(collection=collection, by=current_user(request))
        return _("Group gift ended. Contributions are kept.")

    return act_and_go_back(request, page, act)


@require_POST
@login_required
@web_page
def list_contribution(request: HttpRequest, wishlist_id: UUID, contribution_id: UUID) -> HttpResponse:
    """Mark an own contribution as paid or not paid, or withdraw it."""
    page = _givers_page(request, wishlist_id)
    mine, action = find_contribution(page.viewer, contribution_id), request.POST.get("action", "")
    return act_and_go_back(request, page, lambda: settle(mine, page.viewer, action))


def act_and_go_back(request: HttpRequest, page: PageContext, act: Callable[[], str]) -> HttpResponse:
    """Call `act` and redirect to the page, which shows the result."""
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
    return back_to_collecting(page)


def back_to_collecting(page: PageContext) -> HttpResponse:
    """Redirect to the messages of the page, whichever form was sent."""
    answer = redirect(f"{page.address}/collecting#messages")
    answer.status_code = 303
    return answer


def _givers_page(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    """Return the page context for givers. Recipients are refused before anything else is read."""
    page = page_of_list(request, wishlist_id)
    page.viewpoint.require_giver()
    if not page.is_among_givers:
        raise MembersOnly
    return page


def _form(page: PageContext, typed: Any) -> CollectForm:
    return CollectForm(
        typed,
        items=list(page.items().with_counted_currency()),
        pot_currency=pot_row(page)["currency"],
        time_zone=page.wishlist.time_zone,
    )


def _show(request: HttpRequest, page: PageContext, form: CollectForm) -> HttpResponse:
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "tab": "collecting",
        "form": form,
        "collections": collection_rows(page),
        "mine": own_contribution_rows(page),
    }
    return render(request, "wishlists/collecting.html", context, status=422 if form.errors else 200)
