"""Group gifts by link: collections, the pot, and the viewer's own contributions, without names, as in the API.

Recipients are refused before anything is read, and their share page has no link to this page.
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
    is_reached,
    own_contribution_rows,
    pot_row,
    settle,
)
from wishlists.web.forms.lists import posted_currency
from wishlists.web.views.collections import act_and_go_back, back_to_collecting


def for_givers(view: Page) -> Page:
    """Refuse recipients. Call the view for givers who have opened the link."""

    @inside
    @wraps(view)
    def wrapped(request: HttpRequest, session: ShareSession, **named: Any) -> HttpResponse:
        session.page.viewpoint.require_giver()
        return view(request, session, **named)

    return wrapped


@require_safe
@for_givers
def share_collecting(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """Show the collections and the pot."""
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
    """Chip in to the pot of a list that has no collection for it."""
    currency = posted_currency(request.POST, pot_row(session.page)["currency"])
    return _chip(request, session, POT, None, currency)


@require_POST
@for_givers
def share_contribution(request: HttpRequest, session: ShareSession, contribution_id: UUID) -> HttpResponse:
    """Mark one's own contribution as paid or not paid, or withdraw it."""
    page, action = session.page, request.POST.get("action", "")
    mine = find_contribution(page.viewer, contribution_id)
    if (mine.item.wishlist_id if mine.item else mine.pot_id) != page.wishlist.pk:
        raise NoSuchContribution
    return act_and_go_back(request, page, lambda: settle(mine, page.viewer, action))


def _chip(
    request: HttpRequest, session: ShareSession, fund_id: UUID | str, item_id: UUID | None, currency: str
) -> HttpResponse:
    """Chip in. A refusal is shown at the form, which keeps the input, and creates no guest."""
    page = session.page
    form = GuestFundForm(request.POST, asks_name=page.asks_name, currency=currency)
    if not form.is_valid():
        return _show(request, session, form, fund_id, 422)
    try:
        with change():
            viewer = enter(session, form.cleaned_data)
            chip_into(page, item_id, viewer, form.cleaned_data["amount_minor"], currency)
    except RecipientsDoNotGive:
        raise  # they have become a recipient in the meantime and must see nothing of this page
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
    with_forms = {row["id"] for row in (*collections, *pots) if not is_reached(row)}
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
    """Add the input and the errors of the form to the collection that it is for."""
    if form is None or row["id"] != fund_id:
        return row
    return {**row, "feedback": {"opens": "chip"}, "typed": form.data, "errors": form.errors}
