"""The page of a shared list: a checklist for a phone. Everybody on the list adds things and ticks them off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.web.form_repeats import done_before, keep_facts
from accounts.web.views.account import web_page
from core.db.change import change
from wishlists.models import Item
from wishlists.refusals import NoSuchItem, NoSuchList
from wishlists.services.lists.items import add_item, mark_item
from wishlists.web.cards.actions import MARKS
from wishlists.web.forms.shared_lists import ThingForm
from wishlists.web.lookups import page_of_list
from wishlists.web.page_context import PageContext


@dataclass(frozen=True)
class Thing:
    """One thing on the list, with who wants to get it or got it."""

    id: UUID
    title: str
    quantity: int | None
    is_done: bool
    taken_by: str
    is_mine: bool


def shared_list_page(request: HttpRequest, page: PageContext, form: Form | None = None) -> HttpResponse:
    """Render the page. With htmx, only the part with the things."""
    is_part = bool(request.htmx) and form is None  # type: ignore[attr-defined]
    name = "wishlists/_things.html" if is_part else "wishlists/shared_list.html"
    context = _things(page) | {
        "page": page,
        "wishlist": page.wishlist,
        "tab": "wishes",
        "form": form or ThingForm(initial={"quantity": 1}),
        "removed": page.removed_item(request.GET.get("removed", "")),
    }
    return render(request, name, context, status=422 if form and form.errors else 200)


@require_POST
@login_required
@web_page
def thing_add(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    page = page_of_list(request, wishlist_id)
    if not page.viewpoint.ticks_off:
        raise NoSuchList
    form = ThingForm(request.POST)
    if not form.is_valid():
        return shared_list_page(request, page, form)
    add_item(wishlist=page.wishlist, by=page.viewer, **form.fields_of_item())
    return redirect(page.address)


@require_POST
@login_required
@web_page
def thing_tick(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """Tick a thing off, say that one gets it, or undo both."""
    page = page_of_list(request, wishlist_id)
    action = request.POST.get("action", "")
    if not page.viewpoint.ticks_off or action not in MARKS:
        raise NoSuchItem
    if done_before(request) is None:
        with change():
            mark_item(item=page.item(item_id), by=page.viewer, mark=MARKS[action])
    answer = shared_list_page(request, page) if request.htmx else redirect(f"{page.address}#things")  # type: ignore[attr-defined]
    keep_facts(answer, draw={})
    return answer


def _things(page: PageContext) -> dict[str, Any]:
    user = page.viewer.user
    rows = page.items().select_related("marked_by")
    things = [
        Thing(
            id=item.pk,
            title=item.title,
            quantity=item.quantity,
            is_done=item.mark == Item.Mark.RECEIVED,
            taken_by=item.marked_by.display_name if item.marked_by else "",
            is_mine=user is not None and item.marked_by_id == user.pk,
        )
        for item in rows
    ]
    return {
        "things": [thing for thing in things if not thing.is_done],
        "done": [thing for thing in things if thing.is_done],
    }
