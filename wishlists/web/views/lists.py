"""The pages of lists: all of mine, one of them, its settings, its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.web.views.account import page
from core.db.change import change
from core.errors.refusals import Refusal
from wishlists.models import Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.wishlists import project_counted
from wishlists.services.lists.lists import create_wishlist, delete_impact, edit_wishlist, remove_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.locking import lock_wishlist
from wishlists.web.activity_lines import told_log
from wishlists.web.asking import asker, desk_of, editors_desk, owners_desk
from wishlists.web.cards.card_actions import said_before
from wishlists.web.cards.cards import Said, read_cards, shelved
from wishlists.web.forms.lists import ItemForm, ListForm, NewListForm, OwnListForm, RecipientsForm
from wishlists.web.page_context import Desk


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def lists(request: HttpRequest) -> HttpResponse:
    """Own lists, and those of others that I was let into; POST starts a new one."""
    form = NewListForm(request.POST or None)
    if form.is_valid():
        made = create_wishlist(owner=asker(request), **form.fields_of_list())
        return redirect("list", made.pk) if form.cleaned_data["preset"] != "for_both" else _to_the_other(made)
    user = asker(request)
    found = list(
        Wishlist.objects.shared_with(user)
        .for_viewer(user)
        .with_counts()
        .select_related("owner")
        .own_first(user)
    )
    rows = [
        {**row, "owner_name": wishlist.owner.display_name, "wrapping": wishlist.pk.int % 6}
        for row, wishlist in zip(project_counted(found), found, strict=True)
    ]
    context = {
        "form": form,
        "mine": [row for row in rows if row["owner_id"] == user.pk],
        "theirs": [row for row in rows if row["owner_id"] != user.pk],
    }
    return render(request, "wishlists/lists.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@page
def show_list(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """One list, as whoever asks may see it."""
    return list_page(request, desk_of(request, wishlist_id), said=said_before(request))


def list_page(
    request: HttpRequest, desk: Desk, *, said: Said | None = None, item_form: ItemForm | None = None
) -> HttpResponse:
    """Also for the pages that change something on it and find errors in a form."""
    context = {
        "desk": desk,
        "wishlist": desk.wishlist,
        "tab": "wishes",
        **shelved(read_cards(desk, desk.items(), said)),
        "removed": desk.removed_item(request.GET.get("removed", "")),
        "item_form": item_form or ItemForm(initial=ItemForm.new_values(), auto_id="new_%s"),
        "filling": item_form is not None,
    }
    status = 422 if item_form and item_form.errors else 200
    return render(request, "wishlists/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def list_settings(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """What a list says; for its owner also how it treats people."""
    desk = editors_desk(request, wishlist_id)
    kind = OwnListForm if desk.is_owner else ListForm
    if request.method != "POST":
        return _settings(request, desk, kind(initial=_values(desk.wishlist, kind)), recipients_form(desk))
    form = kind(request.POST, initial=_values(desk.wishlist, kind))
    try:
        with change():
            form = kind(request.POST, initial=_values(lock_wishlist(desk.wishlist), kind))
            if form.is_valid():
                edited = form.only_edited(form.cleaned_data)
                edit_wishlist(wishlist=desk.wishlist, by=asker(request), **edited)
    except Refusal as refusal:
        form.add_error(None, str(refusal.detail))
    if form.is_valid():
        messages.success(request, _("Saved."))
        return redirect("list", wishlist_id)
    return _settings(request, desk, form, recipients_form(desk))


@require_POST
@login_required
@page
def list_recipients(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """For whom it is."""
    desk = owners_desk(request, wishlist_id)
    form = recipients_form(desk, request.POST)
    try:
        with change():
            lock_wishlist(desk.wishlist)
            desk = desk.again()
            form = recipients_form(desk, request.POST)
            if form.is_valid():
                _set_recipients(desk, asker(request), form.only_edited(form.cleaned_data))
    except Refusal as refusal:
        form.add_error("user_ids", str(refusal.detail))
    if form.is_valid():
        messages.success(request, _("Saved."))
        return redirect("list", wishlist_id)
    return _settings(request, desk, OwnListForm(initial=_values(desk.wishlist, OwnListForm)), form)


def _set_recipients(desk: Desk, by: User, given: dict[str, Any]) -> None:
    if "user_ids" in given:
        set_recipients(wishlist=desk.wishlist, by=by, user_ids=[UUID(pk) for pk in given["user_ids"]])
    if "recipient_name" in given:
        edit_wishlist(wishlist=desk.wishlist, by=by, recipient_name=given["recipient_name"])


def recipients_form(desk: Desk, typed: QueryDict | None = None) -> RecipientsForm:
    members = desk.wishlist.members.live().select_related("user").order_by("created_at", "id")
    return RecipientsForm(
        typed,
        auto_id="recipients_%s",
        people=[(str(one.user_id), one.user.display_name) for one in members],
        initial={
            "user_ids": [str(one.user_id) for one in members if one.is_recipient],
            "recipient_name": desk.wishlist.recipient_name,
        },
    )


def _settings(request: HttpRequest, desk: Desk, form: ListForm, people: RecipientsForm) -> HttpResponse:
    context = {
        "desk": desk,
        "wishlist": desk.wishlist,
        "tab": "settings",
        "form": form,
        "recipients_form": people,
    }
    wrong = form.errors or people.errors
    return render(request, "wishlists/settings.html", context, status=422 if wrong else 200)


def _to_the_other(made: Wishlist) -> HttpResponse:
    """A list for two is not one until the other one is in."""
    return redirect(f"{reverse('list-sharing', args=[made.pk])}?both=1#people")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def list_delete(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Asks first, and says whom it touches."""
    desk = owners_desk(request, wishlist_id)
    if request.method == "POST":
        removed = remove_wishlist(wishlist=desk.wishlist, by=asker(request))
        messages.success(request, _("“{title}” is deleted.").format(title=removed.title))
        return redirect("lists")
    context = {"desk": desk, "wishlist": desk.wishlist, "impact": delete_impact(wishlist=desk.wishlist)}
    return render(request, "wishlists/list_delete.html", context)


@require_safe
@login_required
@page
def list_log(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """What happened, as far as whoever asks may know."""
    desk = desk_of(request, wishlist_id)
    context = {"desk": desk, "wishlist": desk.wishlist, "tab": "log", "lines": told_log(desk)}
    context["may_keep"] = desk.is_owner and desk.sight is Sight.FULL
    return render(request, "wishlists/log.html", context)


def _values(wishlist: Wishlist, kind: type[ListForm]) -> dict[str, Any]:
    return {name: getattr(wishlist, name) for name in kind.base_fields}
