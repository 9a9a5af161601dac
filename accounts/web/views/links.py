"""The pages of mailed links: set a new password, take back an old address.

Opening a link changes nothing, because mail scanners open links too. Only the button uses it up.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access.link_tokens import link_named
from accounts.models import AccountLink
from accounts.services.account_links import find_link, keep_old_address, set_password_by_link
from accounts.web.forms import SetPasswordForm
from accounts.web.views.account import web_page
from core.text.mangled_text import token_in


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password. The link does not log in: anyone else who gets it later finds it used, and needs the password."""
    token = _clean(AccountLink.Purpose.PASSWORD, token)
    link = find_link(AccountLink.Purpose.PASSWORD, token)
    form = SetPasswordForm(request.POST or None)
    if form.is_valid():
        set_password_by_link(token=token, password=form.cleaned_data["password"])
        messages.success(
            request,
            _("Your new password is set. You were logged out on all devices. Log in with the new password."),
        )
        return redirect("login")
    context = {"form": form, "email": link.user.email, "token": token}
    return _private(
        render(request, "accounts/set_password.html", context, status=422 if form.errors else 200)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def keep_address(request: HttpRequest, token: str) -> HttpResponse:
    token = _clean(AccountLink.Purpose.ADDRESS, token)
    link = find_link(AccountLink.Purpose.ADDRESS, token)
    if request.method == "POST":
        keep_old_address(token=token)
        messages.success(
            request, _("Your old e-mail address is restored. You were logged out on all devices.")
        )
        return redirect("login")
    return _private(render(request, "accounts/keep_address.html", {"email": link.address, "token": token}))


def _clean(purpose: AccountLink.Purpose, token: str) -> str:
    """Return the token without characters that a mail program added to the link, such as a full stop or a bracket."""
    return token_in(token, lambda text: link_named(purpose, text) is not None) or token


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
