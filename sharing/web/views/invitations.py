"""The page of an invitation, which its mail links to: what it is, and buttons to accept or decline.

Opening it changes nothing, because mail scanners open links too. Its address contains the token, so it is not stored and
not indexed, and neither logs nor other sites get it (docs/invitations.md).
"""

from __future__ import annotations

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.queries.groups import group_of
from accounts.refusals import EmailTaken
from accounts.services.signing_in.starting import Method
from accounts.web.forms import RegisterForm
from accounts.web.log_ins import enter
from accounts.web.repeated_log_ins import keep_log_in
from accounts.web.views.account import Page, web_page
from core.errors.error_pages import refuse_in_place
from core.errors.refusals import Refusal
from core.http.client_address import client_address, client_network
from core.limits.rate_limits import RateLimited
from sharing.access.invitation_tokens import Invitation, Kind, clean_token
from sharing.refusals import OtherAddress
from sharing.services.inviting import (
    Found,
    accept_invitation,
    decline_invitation,
    find_invitation,
    invite,
    register_invited,
)
from wishlists.web.forms.groups import GroupPersonForm
from wishlists.web.lookups import current_user, user_of
from wishlists.web.views.groups import group_page


def _private(view: Page[str]) -> Page[str]:
    """Clean the token, and make the answer private."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, invitation: str) -> HttpResponse:
        answer = web_page(view)(request, clean_token(invitation))
        answer["Cache-Control"] = "no-store"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@_private
def join(request: HttpRequest, invitation: str) -> HttpResponse:
    """Show the invitation, and accept it when its button is pressed."""
    found = find_invitation(invitation)
    if request.method != "POST":
        return render(request, "sharing/invitation.html", _context(found, user_of(request), invitation))
    user = user_of(request)
    if user is None:
        return redirect(reverse("login", query={"next": reverse("invitation", args=[invitation])}))
    joined = accept_invitation(token=invitation, user=user)
    messages.success(request, _("You have joined “{title}”.").format(title=found.title))
    return redirect(_page_of(joined.invitation))


@require_POST
@_private
def decline(request: HttpRequest, invitation: str) -> HttpResponse:
    if user_of(request) is None:
        return redirect(reverse("login", query={"next": reverse("invitation", args=[invitation])}))
    decline_invitation(token=invitation, user=current_user(request))
    messages.success(request, _("You declined the invitation."))
    return redirect("lists")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@_private
def register(request: HttpRequest, invitation: str) -> HttpResponse:
    """Create an account for the invited address, and come back to the invitation."""
    found, page = find_invitation(invitation), reverse("invitation", args=[invitation])
    if request.user.is_authenticated:
        return redirect(page)
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        network = client_network(client_address(request))
        try:
            user = register_invited(token=invitation, **form.cleaned_data, network=network)
        except (EmailTaken, OtherAddress) as refusal:
            form.add_error("email", str(refusal.detail))
        except RateLimited as refusal:
            form.add_error(None, str(refusal.detail))
            return refuse_in_place(_show_register(request, form, found, invitation), refusal)
        else:
            answer = enter(request, user, Method.REGISTRATION, page)
            if not user.address_counts:
                answer = redirect(reverse("verify-email", query={"next": page}))
            return keep_log_in(answer, user)
    return _show_register(request, form, found, invitation)


@require_POST
@login_required
@web_page
def group_invite(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Invite somebody to a group by e-mail. The answer is the same whether or not they have an account."""
    user = current_user(request)
    group, form = group_of(user, group_id), GroupPersonForm(request.POST, auto_id="person_%s")
    if not form.is_valid():
        return group_page(request, group, person_form=form)
    try:
        invite(kind=Kind.GROUP, target=group, by=user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("email", str(refusal.detail))
        shown = group_page(request, group, person_form=form)
        return refuse_in_place(shown, refusal) if isinstance(refusal, RateLimited) else shown
    messages.success(request, _("Invitation sent to {email}.").format(email=form.cleaned_data["email"]))
    return redirect("group", group_id)


def _show_register(request: HttpRequest, form: RegisterForm, found: Found, invitation: str) -> HttpResponse:
    context = {**_context(found, None, invitation), "form": form}
    return render(request, "sharing/invitation_register.html", context, status=422 if form.errors else 200)


def _context(found: Found, user: User | None, token: str) -> dict[str, Any]:
    invitation = found.invitation
    return {
        "token": token,
        "found": found,
        "invitation": invitation,
        "is_list": invitation.kind is Kind.LIST,
        "is_theirs": user is not None and invitation.is_for(user),
        "is_unverified": user is not None
        and invitation.is_addressed_to(user.email)
        and not user.address_counts,
        "page": reverse("invitation", args=[token]),
    }


def _page_of(invitation: Invitation) -> str:
    """Return the page of what somebody has joined."""
    return reverse(invitation.kind.value, args=[invitation.target_id])
