"""What owners do with the people of a list: invite, change roles, revoke invitations. And leaving, for the others."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.web.views.account import web_page
from core.errors.error_pages import refuse_in_place
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited
from sharing.access.invitation_tokens import Kind
from sharing.services.inviting import invite
from wishlists.models import Member
from wishlists.refusals import NoSuchPerson
from wishlists.services.lists.people import change_role, remove_member, revoke_invitations
from wishlists.web.forms.lists import ShareForm
from wishlists.web.lookups import current_user, owners_page, page_of_list
from wishlists.web.page_context import PageContext
from wishlists.web.views.members import show_members


@require_POST
@login_required
@web_page
def list_invite(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    """Send an invitation by e-mail. The page says the same for every address."""
    page = owners_page(request, wishlist_id)
    form = ShareForm(request.POST, auto_id="invite_%s")
    if form.is_valid():
        try:
            invite(kind=Kind.LIST, target=page.wishlist, by=current_user(request), **form.cleaned_data)
        except RateLimited as refusal:
            form.add_error("email", str(refusal.detail))
            return refuse_in_place(show_members(request, page, form), refusal)
        except Refusal as refusal:
            form.add_error("email", str(refusal.detail))
        else:
            return _done(request, page, invited_sentence(form.cleaned_data["email"]))
    return show_members(request, page, form)


@require_POST
@login_required
@web_page
def list_invitations_revoke(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    page = owners_page(request, wishlist_id)
    revoke_invitations(wishlist=page.wishlist, by=current_user(request))
    return _done(request, page, _("All invitations that were sent so far no longer work."))


@require_POST
@login_required
@web_page
def list_person_role(request: HttpRequest, wishlist_id: UUID, user_id: UUID) -> HttpResponse:
    """Let a member edit the list, or no longer."""
    page = owners_page(request, wishlist_id)
    role = Member.Role.EDITOR if request.POST.get("role") == Member.Role.EDITOR else Member.Role.VIEWER
    person = User.objects.filter(pk=user_id, memberships__wishlist=page.wishlist).first()
    if person is None:
        raise NoSuchPerson
    change_role(wishlist=page.wishlist, user=person, by=current_user(request), role=role)
    return _done(request, page, _("What {name} can do was changed.").format(name=person.display_name))


@require_POST
@login_required
@web_page
def list_leave(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    page = page_of_list(request, wishlist_id)
    user = current_user(request)
    remove_member(wishlist=page.wishlist, user=user, by=user)
    messages.success(request, _("You left “{title}”.").format(title=page.wishlist.title))
    return redirect("lists")


def invited_sentence(email: str) -> str:
    return _("An invitation was sent to {email}. It works for 14 days.").format(email=email)


def _done(request: HttpRequest, page: PageContext, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("list-members", page.wishlist.pk)
