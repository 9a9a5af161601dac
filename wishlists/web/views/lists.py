"""The pages of lists: all lists of the user, one list, its settings, and deleting it."""

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
from accounts.web.views.account import web_page
from core.db.change import change
from core.errors.refusals import Refusal
from people.queries import people_of, person_of
from people.services.people import lock_all_people
from wishlists.access.viewpoint import viewpoints_of
from wishlists.models import Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.wishlists import project_counted
from wishlists.services.lists.lists import create_wishlist, delete_impact, edit_wishlist, remove_wishlist
from wishlists.services.lists.recipient_people import set_recipient_people, start_wishlist_for
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.locking import lock_wishlist
from wishlists.web.activity_lines import log_lines
from wishlists.web.cards.card_actions import read_feedback
from wishlists.web.cards.card_pages import asks_for_more, cards_context, more_cards
from wishlists.web.cards.cards import CardFeedback
from wishlists.web.forms.lists import ItemForm, ListForm, NewListForm, OwnListForm, RecipientsForm
from wishlists.web.lookups import current_user, editors_page, owners_page, page_of_list
from wishlists.web.page_context import PageContext


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def lists(request: HttpRequest) -> HttpResponse:
    """Show the user's own lists and those shared with them. POST creates a list."""
    form = NewListForm(request.POST or None)
    if form.is_valid():
        made = create_wishlist(owner=current_user(request), **form.fields_of_list())
        return redirect("list", made.pk) if form.cleaned_data["preset"] != "for_both" else _to_the_other(made)
    user = current_user(request)
    shown = Wishlist.objects.shared_with(user).with_counts().select_related("owner").own_first(user)
    found = viewpoints_of(Viewer(user=user), shown).values()
    rows = [
        {
            **row,
            "owner_name": viewpoint.wishlist.owner.display_name,
            "wrapping": viewpoint.wishlist.pk.int % 6,
        }
        for row, viewpoint in zip(project_counted(found), found, strict=True)
    ]
    context = {
        "form": form,
        "mine": [row for row in rows if row["owner_id"] == user.pk],
        "theirs": [row for row in rows if row["owner_id"] != user.pk],
    }
    return render(request, "wishlists/lists.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@web_page
def list_for_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Create a list for one of the user's people."""
    user = current_user(request)
    title = _("For {name}").format(name=person_of(user, person_id).name)
    made = start_wishlist_for(owner=user, person_ids=[person_id], title=title)
    return redirect("list", made.wishlist.pk)


@require_safe
@login_required
@web_page
def show_list(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Show one list, or with htmx further cards of it."""
    page = page_of_list(request, wishlist_id)
    if asks_for_more(request):
        return more_cards(request, page)
    return list_page(request, page, feedback=read_feedback(request))


def list_page(
    request: HttpRequest,
    page: PageContext,
    *,
    feedback: CardFeedback | None = None,
    item_form: ItemForm | None = None,
) -> HttpResponse:
    """Render the list's page. Views that change something use it too, if their form has errors."""
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "tab": "wishes",
        **cards_context(request, page, feedback),
        "removed": page.removed_item(request.GET.get("removed", "")),
        "item_form": item_form
        or ItemForm(initial=ItemForm.new_values(page.wishlist.owner), auto_id="new_%s"),
        "filling": item_form is not None,
    }
    status = 422 if item_form and item_form.errors else 200
    return render(request, "wishlists/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def list_settings(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Edit the texts of a list, and for its owner also the settings."""
    page = editors_page(request, wishlist_id)
    kind = OwnListForm if page.is_owner else ListForm
    if request.method != "POST":
        return _settings(request, page, kind(initial=_values(page.wishlist, kind)), recipients_form(page))
    form = kind(request.POST, initial=_values(page.wishlist, kind))
    try:
        with change():
            form = kind(request.POST, initial=_values(lock_wishlist(page.wishlist), kind))
            if form.is_valid():
                edited = form.only_edited(form.cleaned_data)
                edit_wishlist(wishlist=page.wishlist, by=current_user(request), **edited)
    except Refusal as refusal:
        form.add_error(None, str(refusal.detail))
    if form.is_valid():
        messages.success(request, _("Saved."))
        return redirect("list", wishlist_id)
    return _settings(request, page, form, recipients_form(page))


@require_POST
@login_required
@web_page
def list_recipients(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Set the recipients."""
    page = owners_page(request, wishlist_id)
    form = recipients_form(page, request.POST)
    try:
        with change():
            lock_all_people(current_user(request))
            lock_wishlist(page.wishlist)
            page = page.again()
            form = recipients_form(page, request.POST)
            if form.is_valid():
                _set_recipients(page, current_user(request), form.only_edited(form.cleaned_data))
    except Refusal as refusal:
        form.add_error("user_ids", str(refusal.detail))
    if form.is_valid():
        messages.success(request, _("Saved."))
        return redirect("list", wishlist_id)
    return _settings(request, page, OwnListForm(initial=_values(page.wishlist, OwnListForm)), form)


def _set_recipients(page: PageContext, by: User, given: dict[str, Any]) -> None:
    if "user_ids" in given:
        set_recipients(wishlist=page.wishlist, by=by, user_ids=[UUID(pk) for pk in given["user_ids"]])
    if "person_ids" in given:
        chosen = [UUID(pk) for pk in given["person_ids"]]
        set_recipient_people(wishlist=page.wishlist, by=by, person_ids=chosen)
    if "recipient_name" in given:
        edit_wishlist(wishlist=page.wishlist, by=by, recipient_name=given["recipient_name"])


def recipients_form(page: PageContext, typed: QueryDict | None = None) -> RecipientsForm:
    owner = page.wishlist.owner
    members = page.wishlist.members.live().select_related("user").order_by("created_at", "id")
    chosen = page.wishlist.person_recipients.values_list("person_id", flat=True)
    return RecipientsForm(
        typed,
        auto_id="recipients_%s",
        people=[(str(one.user_id), one.user.display_name) for one in members],
        without_account=[(str(one.pk), one.name) for one in people_of(owner) if one.user_id is None],
        initial={
            "user_ids": [str(one.user_id) for one in members if one.is_recipient],
            "person_ids": [str(pk) for pk in chosen],
            "recipient_name": page.wishlist.recipient_name,
        },
    )


def _settings(
    request: HttpRequest, page: PageContext, form: ListForm, people: RecipientsForm
) -> HttpResponse:
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "tab": "settings",
        "form": form,
        "recipients_form": people,
    }
    wrong = form.errors or people.errors
    return render(request, "wishlists/settings.html", context, status=422 if wrong else 200)


def _to_the_other(made: Wishlist) -> HttpResponse:
    """Redirect to the form for inviting the partner of a list for two."""
    return redirect(f"{reverse('list-sharing', args=[made.pk])}?both=1#people")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def list_delete(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Ask for confirmation, and say whom it affects."""
    page = owners_page(request, wishlist_id)
    if request.method == "POST":
        removed = remove_wishlist(wishlist=page.wishlist, by=current_user(request))
        messages.success(request, _("“{title}” was deleted.").format(title=removed.title))
        return redirect("lists")
    context = {"page": page, "wishlist": page.wishlist, "impact": delete_impact(viewpoint=page.viewpoint)}
    return render(request, "wishlists/list_delete.html", context)


@require_safe
@login_required
@web_page
def list_log(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Show the history, as far as the viewer may see it."""
    page = page_of_list(request, wishlist_id)
    context = {"page": page, "wishlist": page.wishlist, "tab": "log", "lines": log_lines(page)}
    context["may_keep"] = page.is_owner and page.sight is Sight.FULL
    return render(request, "wishlists/log.html", context)


def _values(wishlist: Wishlist, kind: type[ListForm]) -> dict[str, Any]:
    return {name: getattr(wishlist, name) for name in kind.base_fields}
