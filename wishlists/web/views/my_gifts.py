"""The page "My gifts" and its buttons. Each redirects back to the page (303), so that a reload doesn't repeat it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.web.views.account import web_page
from core.api.csv_answers import csv_bytes
from core.errors.refusals import Refusal
from core.money.money import format_amount
from wishlists.models import Budget, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.reservations import project_reservations, reservations_of
from wishlists.projections.rows import Row
from wishlists.projections.waitlist import places_of
from wishlists.queries.items import visible_item
from wishlists.queries.my_gifts.table import COLUMNS, FILE_NAME, my_gifts_table
from wishlists.queries.my_gifts.wanted import wanted_by
from wishlists.refusals import NoSuchItem, NothingReserved
from wishlists.services.budgeting import clear_budget, set_budget
from wishlists.services.checking_out import check_out
from wishlists.services.reserving import reserve_item
from wishlists.services.waitlisting import stop_waiting
from wishlists.web.cards.gifts import Gift, change_gift
from wishlists.web.forms.my_gifts import BudgetForm, CheckoutForm, GiftForm
from wishlists.web.lookups import current_user, page_of_list
from wishlists.web.my_gifts import own_gift, read_my_gifts


@require_safe
@login_required
@web_page
def my_gifts(request: HttpRequest) -> HttpResponse:
    """Show what is still to be done, or with `?year=`, everything from that year."""
    user, year = current_user(request), wanted_by({"year": request.GET.get("year", "")}).year
    context = {
        "page": read_my_gifts(user, year),
        "year": year,
        "taken_back": _taken_back(Viewer(user=user), request.GET.get("taken_back", "")),
    }
    return render(request, "wishlists/my_gifts.html", context)


@require_POST
@login_required
@web_page
def my_gifts_move(request: HttpRequest, reservation_id: UUID) -> HttpResponse:
    """Change the stage or the quantity, release, accept an offer, or reserve again what was released."""
    giver = Viewer(user=current_user(request))
    held = reservations_of(giver).select_related("item__wishlist").filter(pk=reservation_id).first()
    form = GiftForm(request.POST, initial={"units": held.units if held else None})
    if not form.is_valid():
        for wrong in form.errors.get("units", []):
            messages.warning(request, str(wrong))
        return _back(request)
    action = form.cleaned_data["action"]
    try:
        if action == "again":
            _reserve_again(giver, reservation_id)
        elif held is None:
            raise NothingReserved
        else:
            change_gift(reservation=held, by=giver, form=form)
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
        return _back(request)
    if action == "release":
        return _back(request, taken_back=str(reservation_id))
    return _back(request, anchor=f"reservation-{reservation_id}")


@require_POST
@login_required
@web_page
def my_gifts_waiting(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Leave a waitlist."""
    giver = Viewer(user=current_user(request))
    if not places_of(giver).filter(item=item_id).exists():
        raise NoSuchItem
    stop_waiting(item=Item.objects.get(pk=item_id), by=giver)
    return _back(request)


@require_POST
@login_required
@web_page
def my_gifts_checkout(request: HttpRequest) -> HttpResponse:
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Select the gifts that you have bought first."))
        return _back(request)
    try:
        moved = check_out(ids=form.cleaned_data["ids"], by=Viewer(user=current_user(request)))
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
        return _back(request)
    sentence = ngettext(
        "{n} gift was marked as bought. We'll e-mail you a confirmation.",
        "{n} gifts were marked as bought. We'll e-mail you a confirmation.",
        len(moved),
    )
    messages.success(request, sentence.format(n=len(moved)))
    return _back(request)


@require_POST
@login_required
@web_page
def list_budget(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Set the budget for a list. An empty amount removes it."""
    wishlist, by = page_of_list(request, wishlist_id).wishlist, current_user(request)
    form = BudgetForm(request.POST, initial=_budget_now(request, wishlist, by))
    if not form.is_valid():
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
    elif not form.edited:
        pass  # another tab may have set a budget
    elif form.cleaned_data["amount_minor"] is None:
        clear_budget(wishlist=wishlist, by=by)
    else:
        budget = {name: form.cleaned_data[name] for name in ("amount_minor", "currency")}
        set_budget(wishlist=wishlist, by=by, **budget)
    return _back(request, anchor=f"occasion-{wishlist_id}")


def _budget_now(request: HttpRequest, wishlist: Wishlist, by: User) -> dict[str, Any]:
    """Return the current budget. If there is none, the currency is the one that the page proposed."""
    budget = Budget.objects.filter(user=by, wishlist=wishlist).first()
    if budget is None:
        return {"amount": "", "currency": request.POST.get("initial-currency")}
    return {"amount": format_amount(budget.amount_minor, budget.currency), "currency": budget.currency}


@require_safe
@login_required
@web_page
def my_gifts_csv(request: HttpRequest) -> HttpResponse:
    rows = my_gifts_table(Viewer(user=current_user(request)), request.GET)
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return HttpResponse(csv_bytes(rows, COLUMNS), "text/csv; charset=utf-8", headers=headers)


def _reserve_again(giver: Viewer, reservation_id: UUID) -> None:
    """Reserve the same number of units again, with the same stage and message."""
    before = reservations_of(giver, released=True).filter(pk=reservation_id).first()
    if before is None or giver.user is None:
        raise NothingReserved
    item, _viewpoint = visible_item(giver.user, before.item_id)
    reserve_item(
        item=item,
        by=giver,
        units=before.units,
        stage=before.stage,
        message=before.message or None,
    )


def _taken_back(giver: Viewer, reservation_id: str) -> Gift | None:
    """Return the reservation that was just released, so that the page can offer to reserve it again."""
    try:
        rows = reservations_of(giver, released=True).filter(pk=UUID(reservation_id))
    except ValueError:
        return None
    found = project_reservations(rows, giver)
    return next((own_gift(row, "" if row["is_snapshot"] else _list_address(row)) for row in found), None)


def _list_address(row: Row) -> str:
    return reverse("list", args=[row["wishlist_id"]])


def _back(request: HttpRequest, *, anchor: str = "", **query: str) -> HttpResponse:
    """Redirect to the page as it was requested, with or without a year."""
    if year := request.POST.get("year", ""):
        query["year"] = year
    address = reverse("my-gifts", query=query or None, fragment=anchor or None)
    answer = redirect(address)
    answer.status_code = 303
    return answer
