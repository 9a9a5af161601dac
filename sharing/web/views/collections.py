"""Chipping in together by a link: what is collected for, the pot, and what one gave oneself. Nobody's name, as in the API.

Recipients are refused before anything is looked at, and their share page has no link to this one.
"""

from __future__ import annotations

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
from sharing.web.forms.guests import GuestFundForm
from sharing.web.share_session import ShareSession, enter, remember_guest
from sharing.web.views.share_page import Page, inside, names_for_live
from wishlists.projections.rows import Row
from wishlists.queries.money import find_contribution
from wishlists.refusals import NoSuchCollection, NoSuchContribution, RecipientsDoNotGive
from wishlists.web.collection_rows import (
    POT,
    chip_into,
    collection_rows,
    find_collection,
    own_contribution_rows,
    pot_row,
    settle,
)
from wishlists.web.forms.lists import posted_currency
from wishlists.web.views.collections import act_and_go_back, back_to_collecting


def for_givers(view: Page) -> Page:
    """For those past the door for whom the list is not."""

    @inside
    @wraps(view)
    def wrapped(request: HttpRequest, session: ShareSession, **named: Any) -> HttpResponse:
        session.page.viewpoint.require_giver()
        return view(request, session, **named)

    return wrapped


@require_safe
@for_givers
def share_collecting(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """What is collected for."""
    return _show(request, session)


@require_POST
@for_givers
def share_collecting_chip(request: HttpRequest, session: ShareSession, collection_id: UUID) -> HttpResponse:
    """Chip in an amount, or all that is missing."""
    try:
        collection = find_collection(session.page, collection_id)
    except NoSuchCollection:
        messages.warning(request, _("That group gift has ended. You can chip in for the ones below."))
        return back_to_collecting(session.page)
    return _chip(request, session, collection.pk, collection.item_id, collection.currency)


@require_POST
@for_givers
def share_pot(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """The same for the list as a whole, where nobody collects for that."""
    currency = posted_currency(request.POST, pot_row(session.page)["currency"])
    return _chip(request, session, POT, None, currency)


@require_POST
@for_givers
def share_contribution(request: HttpRequest, session: ShareSession, contribution_id: UUID) -> HttpResponse:
    """Of one's own on this list: paid, not paid after all, or taken back."""
    page, action = session.page, request.POST.get("action", "")
    mine = find_contribution(page.viewer, contribution_id)
    if (mine.item.wishlist_id if mine.item else mine.pot_id) != page.wishlist.pk:
        raise NoSuchContribution
    return act_and_go_back(request, page, lambda: settle(mine, page.viewer, action))


def _chip(
    request: HttpRequest, session: ShareSession, fund_id: UUID | str, item_id: UUID | None, currency: str
) -> HttpResponse:
    """What is refused is said at the form, which keeps what was typed; nobody has come by it."""
    page = session.page
    form = GuestFundForm(request.POST, asks_name=page.asks_name, currency=currency)
    if not form.is_valid():
        return _show(request, session, form, fund_id, 422)
    try:
        with change():
            viewer = enter(session, form.cleaned_data)
            chip_into(page, item_id, viewer, form.cleaned_data["amount_minor"], currency)
    except RecipientsDoNotGive:
        raise  # they are since they asked: nothing of this page is for them
    except EmailNeeded as refusal:
        form.add_error("email", _("Enter your e-mail address. Guests must confirm it on this list."))
        return _show(request, session, form, fund_id, refusal.status_code)
    except Refusal as refusal:
        form.add_error("amount", str(refusal.detail))
        return _show(request, session, form, fund_id, refusal.status_code)
    messages.success(request, _("Thank you for chipping in!"))
    return remember_guest(back_to_collecting(page), viewer, session)


def _show(
    request: HttpRequest,
    session: ShareSession,
    form: GuestFundForm | None = None,
    fund_id: UUID | str = "",
    status: int = 200,
) -> HttpResponse:
    page = session.page
    collections = collection_rows(page)
    pots = [] if any(row["item_id"] is None for row in collections) else [pot_row(page)]
    with_forms = {row["id"] for row in (*collections, *pots) if row["remaining"] != 0}
    if form is not None and fund_id not in with_forms:
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "guest_name": session.guest_name,
        "collections": [_as_typed(row, form, fund_id) for row in collections],
        "pots": [_as_typed(row, form, fund_id) for row in pots],
        "mine": own_contribution_rows(page),
        **names_for_live(session),
    }
    return render(request, "sharing/collecting.html", context, status=status)


def _as_typed(row: Row, form: GuestFundForm | None, fund_id: UUID | str) -> Row:
    """With what was typed into the form of that one, and what is wrong with it."""
    if form is None or row["id"] != fund_id:
        return row
    return {**row, "feedback": {"opens": "chip"}, "typed": form.data, "errors": form.errors}
