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

from accounts.pages import page
from wishlist_project.base.money import format_money, to_minor
from wishlist_project.base.refusals import Refusal
from wishlists.asking import asker, desk_of
from wishlists.collecting_forms import CollectForm, PurseForm
from wishlists.days import told_deadline
from wishlists.desks import Desk
from wishlists.models import Collection, Contribution, Wishlist
from wishlists.money_projections import (
    collections_of,
    contributions_by,
    project_collections,
    project_own_contributions,
)
from wishlists.projections import Row
from wishlists.refusals import MembersOnly, NoSuchCollection, RecipientsDoNotGive
from wishlists.services.collecting import end_collection, open_collection
from wishlists.services.contributing import (
    change_contribution,
    contribute,
    contribute_to_pot,
    withdraw_contribution,
)
from wishlists.views.money import find_contribution


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
    return _back(desk)


@require_POST
@login_required
@page
def list_collecting_chip(request: HttpRequest, wishlist_id: UUID, collection_id: UUID) -> HttpResponse:
    """Chip in an amount, or all that is missing."""
    desk = _givers_desk(request, wishlist_id)
    collection = _find(desk, collection_id)
    form = PurseForm(request.POST, currency=collection.currency)
    if not form.is_valid():
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
        return _back(desk)
    said = _("You have chipped in. Thank you!")
    return _try(request, desk, said, lambda: _chip(desk, collection, form.cleaned_data["amount_minor"]))


@require_POST
@login_required
@page
def list_collecting_end(request: HttpRequest, wishlist_id: UUID, collection_id: UUID) -> HttpResponse:
    desk = _givers_desk(request, wishlist_id)
    collection = _find(desk, collection_id)
    said = _("You collect no longer. What was chipped in stays.")
    return _try(request, desk, said, lambda: end_collection(collection=collection, by=asker(request)))


@require_POST
@login_required
@page
def list_contribution(request: HttpRequest, wishlist_id: UUID, contribution_id: UUID) -> HttpResponse:
    """Of one's own: paid, not paid after all, or taken back."""
    desk = _givers_desk(request, wishlist_id)
    mine, action = find_contribution(desk.viewer, contribution_id), request.POST.get("action")
    if action in Contribution.Status:
        return _try(
            request,
            desk,
            _("Saved."),
            lambda: change_contribution(contribution=mine, by=desk.viewer, status=action),
        )
    said = _("You have taken it back.")
    return _try(request, desk, said, lambda: withdraw_contribution(contribution=mine, by=desk.viewer))


def _givers_desk(request: HttpRequest, wishlist_id: UUID) -> Desk:
    """Recipients are refused before anything is looked at."""
    desk = desk_of(request, wishlist_id)
    if not desk.may_give:
        raise RecipientsDoNotGive
    if not desk.is_among_givers:
        raise MembersOnly
    return desk


def _find(desk: Desk, collection_id: UUID) -> Collection:
    found = collections_of(desk.wishlist, desk.viewer).filter(pk=collection_id).first()
    if found is None:
        raise NoSuchCollection
    found.wishlist = desk.wishlist
    return found


def _chip(desk: Desk, collection: Collection, amount_minor: int | None) -> None:
    given: dict[str, Any] = {
        "by": desk.viewer,
        "amount_minor": amount_minor,
        "status": Contribution.Status.PLEDGED,
        "currency": collection.currency,
    }
    if collection.item_id is None:
        contribute_to_pot(wishlist=desk.wishlist, **given)
    else:
        contribute(item=desk.item(collection.item_id), **given)


def _try(request: HttpRequest, desk: Desk, said: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
    else:
        messages.success(request, said)
    return _back(desk)


def _back(desk: Desk) -> HttpResponse:
    answer = redirect(f"{desk.address}/collecting")
    answer.status_code = 303
    return answer


def _form(desk: Desk, typed: Any) -> CollectForm:
    return CollectForm(typed, items=list(desk.items()), time_zone=desk.wishlist.time_zone)


def _show(request: HttpRequest, desk: Desk, form: CollectForm) -> HttpResponse:
    wishlist, titles = desk.wishlist, {item.pk: item.title for item in desk.items()}
    whole = _("For the list as a whole")
    rows = project_collections(collections_of(wishlist, desk.viewer), wishlist, desk.viewer)
    mine = project_own_contributions(contributions_by(desk.viewer).on(wishlist), desk.viewer)
    context = {
        "desk": desk,
        "wishlist": wishlist,
        "tab": "collecting",
        "form": form,
        "collections": [_told(row, titles.get(row["item_id"], whole), wishlist) for row in rows],
        "mine": [
            row
            | {
                "title": row["item"]["title"] if row["item"] else whole,
                "money": _money(row, "amount"),
            }
            for row in mine
        ],
    }
    return render(request, "wishlists/collecting.html", context, status=422 if form.errors else 200)


def _told(row: Row, title: str, wishlist: Wishlist) -> Row:
    words = {"title": title, "collected": _money(row, "total"), "wanted": "", "missing": "", "until": ""}
    if row["deadline_at"]:
        words["until"] = told_deadline(row["deadline_at"], wishlist.time_zone)
    if row["target"] is not None:
        words |= {"wanted": _money(row, "target"), "missing": _money(row, "remaining")}
    return row | words


def _money(row: Row, name: str) -> str:
    return format_money(to_minor(row[name], row["currency"]), row["currency"])
