"""The pages on which an owner shares a list: the public link with its QR code, members by e-mail, and suggestions."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Group, User
from accounts.web.views.account import web_page
from core.db.change import change
from core.errors.error_pages import refuse_in_place
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited
from sharing.access.capabilities import link_token
from sharing.access.invitation_tokens import Kind
from sharing.models import PublicLink, Suggestion
from sharing.refusals import NoSuchLink, NoSuchSuggestion
from sharing.services.inviting import invite
from sharing.services.links import make_link, revoke_link
from sharing.services.suggestions import accept_suggestion, reject_suggestion
from sharing.web.forms.sharing import LinkForm
from sharing.web.views.list_people import invited_sentence
from wishlists.projections.members import groups_for, project_group_shares
from wishlists.refusals import NoSuchPerson
from wishlists.services.lists.group_sharing import share_with_group, stop_sharing_with_group
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.locking import lock_wishlist
from wishlists.web.forms.groups import ShareWithGroupForm
from wishlists.web.forms.lists import ShareForm
from wishlists.web.lookups import current_user, owners_page
from wishlists.web.page_context import PageContext


@require_safe
@login_required
@web_page
def list_sharing(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Show the link, the members and the suggestions on one page."""
    return _show(request, owners_page(request, wishlist_id))


@require_POST
@login_required
@web_page
def list_link(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Create the link, or change the limits of the existing one."""
    page = owners_page(request, wishlist_id)
    with change():
        lock_wishlist(page.wishlist)
        form = _link_form(page, _link_of(page), request.POST)
        if not form.is_valid():
            return _show(request, page, link_form=form)
        limits: Any = form.only_edited(form.cleaned_data)
        _link, is_new = make_link(wishlist=page.wishlist, by=current_user(request), **limits)
    return _done(request, page, _("Link created.") if is_new else _("Link settings saved."))


@require_POST
@login_required
@web_page
def list_link_revoke(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    page = owners_page(request, wishlist_id)
    revoke_link(wishlist=page.wishlist, by=current_user(request))
    return _done(request, page, _("Link deleted."))


@require_safe
@login_required
@web_page
def list_qr(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Return the QR code of the link."""
    link = _link_of(owners_page(request, wishlist_id))
    if link is None:
        raise NoSuchLink
    picture = io.BytesIO()
    segno.make(_address(request, link), error="m", micro=False).save(
        picture, kind="svg", scale=8, border=2, dark="#2a1f2b"
    )
    return HttpResponse(picture.getvalue(), "image/svg+xml")


@require_POST
@login_required
@web_page
def list_people(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Add a member by e-mail address, or change their role. Or invite them, where that is set."""
    page = owners_page(request, wishlist_id)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            if settings.SHARE_BY_INVITATION:
                invite(kind=Kind.LIST, target=page.wishlist, by=current_user(request), **form.cleaned_data)
                return _done(request, page, invited_sentence(form.cleaned_data["email"]))
            member, is_new = share_wishlist(
                wishlist=page.wishlist, by=current_user(request), **form.cleaned_data
            )
        except RateLimited as refusal:
            form.add_error("email", str(refusal.detail))
            return refuse_in_place(_show(request, page, people_form=form), refusal)
        except Refusal as refusal:
            form.add_error("email", str(refusal.detail))
        else:
            told = _("{name} was added.") if is_new else _("What {name} can do was changed.")
            return _done(request, page, told.format(name=member.user.display_name))
    return _show(request, page, people_form=form)


@require_POST
@login_required
@web_page
def list_person_remove(request: HttpRequest, wishlist_id: UUID, user_id: UUID) -> HttpResponse:
    page = owners_page(request, wishlist_id)
    person = User.objects.filter(pk=user_id, memberships__wishlist=page.wishlist).first()
    if person is None:
        raise NoSuchPerson
    remove_member(wishlist=page.wishlist, user=person, by=current_user(request))
    return _done(request, page, _("{name} was removed from the list.").format(name=person.display_name))


@require_POST
@login_required
@web_page
def list_groups(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Share the list with a group, or change what its people can do."""
    page = owners_page(request, wishlist_id)
    form = _group_form(request, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            share, is_new = share_with_group(
                wishlist=page.wishlist,
                by=current_user(request),
                group_id=UUID(given["group_id"]),
                role=given["role"],
            )
        except RateLimited as refusal:
            form.add_error("group_id", str(refusal.detail))
            return refuse_in_place(_show(request, page, group_form=form), refusal)
        except Refusal as refusal:
            form.add_error("group_id", str(refusal.detail))
        else:
            told = (
                _("Shared with “{group}”.") if is_new else _("What people in “{group}” can do was changed.")
            )
            return _done(request, page, told.format(group=share.group.name))
    return _show(request, page, group_form=form)


@require_POST
@login_required
@web_page
def list_group_remove(request: HttpRequest, wishlist_id: UUID, group_id: UUID) -> HttpResponse:
    page = owners_page(request, wishlist_id)
    stop_sharing_with_group(wishlist=page.wishlist, by=current_user(request), group_id=group_id)
    return _done(request, page, _("The list is no longer shared with this group."))


@require_safe
@login_required
@web_page
def list_suggestions(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Return the pending suggestions as a fragment for the page of the list."""
    return render(request, "sharing/_suggestions.html", _suggested(owners_page(request, wishlist_id)))


@require_POST
@login_required
@web_page
def list_suggestion(request: HttpRequest, wishlist_id: UUID, suggestion_id: UUID) -> HttpResponse:
    """Accept or decline a suggestion."""
    page = owners_page(request, wishlist_id)
    suggestion = Suggestion.objects.filter(wishlist=page.wishlist, pk=suggestion_id).first()
    if suggestion is None:
        raise NoSuchSuggestion
    suggestion.wishlist = page.wishlist
    if request.POST.get("answer") == "accept":
        item = accept_suggestion(suggestion=suggestion, by=current_user(request))
        messages.success(request, _("“{title}” was added to your list.").format(title=item.title))
        return redirect(f"{page.address}#item-{item.pk}")
    reject_suggestion(suggestion=suggestion, by=current_user(request))
    messages.success(request, _("Suggestion declined. Nobody is told."))
    return redirect(page.address)


def _show(request: HttpRequest, page: PageContext, **forms: Any) -> HttpResponse:
    link = _link_of(page)
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "tab": "sharing",
        "link": link,
        "link_address": _address(request, link) if link else "",
        "members": page.wishlist.members.live().select_related("user").order_by("created_at", "id"),
        "link_form": _link_form(page, link),
        "groups": project_group_shares(groups_for(page.viewpoint)),
        "group_form": _group_form(request),
        "people_form": ShareForm(auto_id="people_%s", initial={"is_recipient": "both" in request.GET}),
        **_suggested(page),
        **forms,
    }
    return render(request, "sharing/list_sharing.html", context, status=422 if forms else 200)


def _link_form(page: PageContext, link: PublicLink | None, typed: QueryDict | None = None) -> LinkForm:
    now = {"expires_at": link.expires_at, "max_views": link.max_views} if link else {}
    return LinkForm(typed, initial=now, time_zone=page.wishlist.time_zone)


def _group_form(request: HttpRequest, typed: QueryDict | None = None) -> ShareWithGroupForm:
    """Return the form with the user's groups. Those that the list is shared with may get another role."""
    mine = Group.objects.of(current_user(request)).order_by("name", "id")
    return ShareWithGroupForm(typed, auto_id="group_%s", groups=mine)


def _suggested(page: PageContext) -> dict[str, Any]:
    pending = page.wishlist.suggestions.pending().select_related("suggested_by").order_by("created_at", "id")
    return {"page": page, "suggestions": pending}


def _link_of(page: PageContext) -> PublicLink | None:
    """Return the link that works for people who have opened it."""
    return PublicLink.objects.live().filter(wishlist=page.wishlist).first()


def _address(request: HttpRequest, link: PublicLink) -> str:
    return request.build_absolute_uri(reverse("share", args=[link_token(link)]))


def _done(request: HttpRequest, page: PageContext, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("list-sharing", page.wishlist.pk)
