"""Chipping in together by a link: what is collected for, the pot, and what one gave oneself. Nobody's name, as in the API.

Recipients are refused before anything is looked at, and their share page has no link to this one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.db.change import change
from core.errors.refusals import Refusal
from sharing.refusals import EmailNeeded
from sharing.web.forms.guests import GuestPurseForm
from sharing.web.share_session import Visit, enter, remember_guest
from sharing.web.views.share_page import Page, inside, names_for_live
from wishlists.projections.rows import Row
from wishlists.queries.money import find_contribution
from wishlists.refusals import NoSuchCollection, NoSuchContribution, RecipientsDoNotGive
from wishlists.web.collections_in_words import (
    POT,
    chip_into,
    find_collection,
    settle,
    told_collections,
    told_own,
    told_pot,
)
from wishlists.web.forms.lists import posted_currency
from wishlists.web.views.collections import act_and_go_back, back_to_collecting


def for_givers(view: Page) -> Page:
    """For those past the door for whom the list is not."""

    @inside
    @wraps(view)
    def wrapped(request: HttpRequest, visit: Visit, **named: Any) -> HttpResponse:
        if not visit.desk.may_give:
            raise RecipientsDoNotGive
        return view(request, visit, **named)

    return wrapped


@require_safe
@for_givers
def share_collecting(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is collected for."""
    return _show(request, visit)


@require_POST
@for_givers
def share_collecting_chip(request: HttpRequest, visit: Visit, collection_id: UUID) -> HttpResponse:
    """Chip in an amount, or all that is missing."""
    try:
        collection = find_collection(visit.desk, collection_id)
    except NoSuchCollection:
        messages.warning(
            request, _("Nobody collects for that any more. You can chip in for what you find below.")
        )
        return back_to_collecting(visit.desk)
    return _chip(request, visit, collection.pk, collection.item_id, collection.currency)


@require_POST
@for_givers
def share_pot(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The same for the list as a whole, where nobody collects for that."""
    currency = posted_currency(request.POST, told_pot(visit.desk)["currency"])
    return _chip(request, visit, POT, None, currency)


@require_POST
@for_givers
def share_contribution(request: HttpRequest, visit: Visit, contribution_id: UUID) -> HttpResponse:
    """Of one's own on this list: paid, not paid after all, or taken back."""
    desk, action = visit.desk, request.POST.get("action", "")
    mine = find_contribution(desk.viewer, contribution_id)
    if (mine.item.wishlist_id if mine.item else mine.pot_id) != desk.wishlist.pk:
        raise NoSuchContribution
    return act_and_go_back(request, desk, lambda: settle(mine, desk.viewer, action))


def _chip(
    request: HttpRequest, visit: Visit, purse_id: UUID | str, item_id: UUID | None, currency: str
) -> HttpResponse:
    """What is refused is said at the form, which keeps what was typed; nobody has come by it."""
    desk = visit.desk
    form = GuestPurseForm(request.POST, asks_name=desk.asks_name, currency=currency)
    if not form.is_valid():
        return _show(request, visit, form, purse_id, 422)
    try:
        with change():
            viewer = enter(visit, form.cleaned_data)
            chip_into(desk, item_id, viewer, form.cleaned_data["amount_minor"], currency)
    except RecipientsDoNotGive:
        raise  # they are since they asked: nothing of this page is for them
    except EmailNeeded as refusal:
        form.add_error("email", _("Give an e-mail address: on this list guests confirm it."))
        return _show(request, visit, form, purse_id, refusal.status_code)
    except Refusal as refusal:
        form.add_error("amount", str(refusal.detail))
        return _show(request, visit, form, purse_id, refusal.status_code)
    messages.success(request, _("You have chipped in. Thank you!"))
    return remember_guest(back_to_collecting(replace(desk, viewer=viewer)), viewer, visit)


def _show(
    request: HttpRequest,
    visit: Visit,
    form: GuestPurseForm | None = None,
    purse_id: UUID | str = "",
    status: int = 200,
) -> HttpResponse:
    desk = visit.desk
    collections = told_collections(desk)
    pots = [] if any(row["item_id"] is None for row in collections) else [told_pot(desk)]
    with_forms = {row["id"] for row in (*collections, *pots) if row["remaining"] != 0}
    if form is not None and purse_id not in with_forms:
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
    context = {
        "desk": desk,
        "wishlist": desk.wishlist,
        "guest_name": visit.guest_name,
        "collections": [_as_typed(row, form, purse_id) for row in collections],
        "pots": [_as_typed(row, form, purse_id) for row in pots],
        "mine": told_own(desk),
        **names_for_live(visit),
    }
    return render(request, "sharing/collecting.html", context, status=status)


def _as_typed(row: Row, form: GuestPurseForm | None, purse_id: UUID | str) -> Row:
    """With what was typed into the form of that one, and what is wrong with it."""
    if form is None or row["id"] != purse_id:
        return row
    return {**row, "said": {"opens": "chip"}, "typed": form.data, "errors": form.errors}
