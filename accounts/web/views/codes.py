"""Pages on which people enter mailed codes: verify the address, log in, set a new password, change the address.

Each has two steps: ask for a code, enter it. The address stays in this browser's session in between, and not in a URL. The
pages with codes are not in a transaction (accounts/web/form_repeats.py), because a wrong guess must stay counted.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.known_devices import origin_of
from accounts.services.signing_in.address_changes import ask_for_new_address, change_address
from accounts.services.signing_in.own_password import require_own_password
from accounts.services.signing_in.password_resets import ask_for_reset, reset_password
from accounts.services.signing_in.starting import Method, ask_for_log_in_code, check_log_in_code
from accounts.services.signing_in.verifying import ask_for_verification, verify_address
from accounts.web.form_refusals import add_refusal, in_place
from accounts.web.log_ins import enter
from accounts.web.sign_in_forms import AddressCodeForm, AddressForm, NewAddressForm, OneCodeForm, ResetForm
from accounts.web.views.account import current_user, next_page, web_page
from core.errors.refusals import Refusal

ADDRESS = "address_of_code"
"""Where the session keeps the address that somebody entered in the first step."""

SENT = _("If there is an account with this address, it gets an e-mail with a code. That may take a minute.")


@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def log_in_code(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if form.is_valid():
        ask_for_log_in_code(email=form.cleaned_data["email"], network=network_of(request))
        return _code_sent(request, form.cleaned_data["email"], "log-in-code-confirm")
    return show_step(
        request,
        form,
        heading=_("Log in with a code"),
        what=_("We send you an e-mail with a code. You need no password then."),
        button=_("Send code"),
        next=next_page(request, ""),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def log_in_code_confirm(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(next_page(request))
    form = AddressCodeForm(request.POST or None, initial=_address_of(request))
    if form.is_valid():
        try:
            user = check_log_in_code(**form.cleaned_data, origin=origin_of(request))
        except Refusal as refusal:
            add_refusal(form, refusal, "code")
        else:
            return enter(request, user, Method.CODE, next_page(request))
    return show_step(
        request,
        form,
        heading=_("Log in with a code"),
        what=_("Enter the code from the latest e-mail. It works for ten minutes."),
        button=_("Log in"),
        again=reverse("log-in-code"),
        next=next_page(request, ""),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def password_reset(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if form.is_valid():
        ask_for_reset(email=form.cleaned_data["email"], network=network_of(request))
        return _code_sent(request, form.cleaned_data["email"], "password-reset-confirm")
    return show_step(
        request,
        form,
        heading=_("Set a new password"),
        what=_("We send you an e-mail with a code."),
        button=_("Send code"),
        next=next_page(request, ""),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def password_reset_confirm(request: HttpRequest) -> HttpResponse:
    """Set the password. This does not log in: an account may have a second factor."""
    form = ResetForm(request.POST or None, initial=_address_of(request))
    if form.is_valid():
        try:
            reset_password(**form.cleaned_data, network=network_of(request))
        except Refusal as refusal:
            add_refusal(form, refusal, "code")
        else:
            messages.success(
                request,
                _(
                    "Your new password is set. You were logged out on all devices. Log in with the new password."
                ),
            )
            return redirect_on(request, "login")
    return show_step(
        request,
        form,
        heading=_("Set a new password"),
        what=_("Enter the code from the latest e-mail. It works for ten minutes."),
        button=_("Set password"),
        again=reverse("password-reset"),
        next=next_page(request, ""),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def verify_email(request: HttpRequest) -> HttpResponse:
    """Verify an address, logged in or not."""
    form = AddressCodeForm(request.POST or None, initial=_address_of(request))
    if form.is_valid():
        try:
            verify_address(**form.cleaned_data, network=network_of(request))
        except Refusal as refusal:
            add_refusal(form, refusal, "code")
        else:
            messages.success(request, _("Your e-mail address is verified."))
            return redirect(next_page(request))
    return show_step(
        request,
        form,
        heading=_("Verify your e-mail address"),
        what=_(
            "Enter the code from the latest e-mail. Until then, nobody can share a list with this address."
        ),
        button=_("Verify"),
        resend=reverse("verify-email-resend"),
        next=next_page(request, ""),
        later=next_page(request) if request.user.is_authenticated else "",
    )


@require_POST
@web_page
def verify_email_resend(request: HttpRequest) -> HttpResponse:
    form = AddressForm({"email": _address_of(request).get("email", "")} | request.POST.dict())
    if form.is_valid():
        ask_for_verification(email=form.cleaned_data["email"], network=network_of(request))
        return _code_sent(request, form.cleaned_data["email"], "verify-email")
    return redirect_on(request, "verify-email")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def account_email(request: HttpRequest) -> HttpResponse:
    user, form = current_user(request), NewAddressForm(request.POST or None)
    if form.is_valid():
        try:
            require_own_password(user=user, password=form.cleaned_data["password"])
            ask_for_new_address(user=user, email=form.cleaned_data["email"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The new address gets an e-mail with a code."))
            return redirect("account-email-confirm")
    return show_step(
        request,
        form,
        heading=_("Change your e-mail address"),
        what=_("We send a code to the new address. Your account keeps the old one until you enter the code."),
        button=_("Send code"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def account_email_confirm(request: HttpRequest) -> HttpResponse:
    form = OneCodeForm(request.POST or None)
    if form.is_valid():
        try:
            change_address(user=current_user(request), code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal, "code")
        else:
            messages.success(request, _("Your e-mail address was changed."))
            return redirect("account")
    return show_step(
        request,
        form,
        heading=_("Change your e-mail address"),
        what=_("Enter the code from the e-mail to the new address. It works for ten minutes."),
        button=_("Change address"),
        again=reverse("account-email"),
    )


def show_step(
    request: HttpRequest,
    form: Form,
    *,
    heading: str | Promise,
    what: str | Promise,
    button: str | Promise,
    **more: Any,
) -> HttpResponse:
    """Render a page with one form. `again` and `later` are links, `resend` is a second form with one button."""
    context = {"form": form, "heading": heading, "what": what, "button": button, **more}
    answer = render(request, "accounts/step.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return in_place(answer, form)


def network_of(request: HttpRequest) -> str:
    return origin_of(request).network


def redirect_on(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to another page of signing in, which leads on to the same `next`.

    The status is 303: a 302 to the log-in with a `next` means that nothing was done (core/pages/ended_log_ins.py).
    """
    to = next_page(request, "")
    answer = redirect(reverse(name, query={"next": to} if to else None))
    answer.status_code = 303
    return answer


def _code_sent(request: HttpRequest, email: str, name: str) -> HttpResponse:
    request.session[ADDRESS] = email
    messages.info(request, SENT)
    return redirect_on(request, name)


def _address_of(request: HttpRequest) -> dict[str, str]:
    """Return the address for which this browser asked for a code, or that of the user."""
    if request.user.is_authenticated:
        return {"email": current_user(request).email}
    return {"email": request.session.get(ADDRESS, "")}
