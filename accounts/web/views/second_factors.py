"""Pages of second factors: the second step of logging in, passkeys, and what users set up for themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.known_devices import origin_of
from accounts.models import User
from accounts.refusals import WrongPasskey, WrongPassword
from accounts.services.signing_in.own_password import require_own_password
from accounts.services.signing_in.passkeys import (
    ask_for_new_passkey,
    ask_for_passkey,
    check_new_passkey,
    check_passkey,
    limit_challenges,
)
from accounts.services.signing_in.second_factors import (
    add_app,
    add_passkey,
    check_code_of_app,
    factors_of,
    new_app_secret,
    recovery_codes_of,
    remove_app,
    remove_passkey,
    renew_recovery_codes,
)
from accounts.services.signing_in.starting import Method
from accounts.web.form_refusals import add_refusal, in_place
from accounts.web.log_ins import enter, finish, pending
from accounts.web.sign_in_forms import (
    AppCodeForm,
    CredentialForm,
    OwnPasswordForm,
    PasskeyForm,
    SecondFactorForm,
)
from accounts.web.views.account import current_user, next_page, web_page
from accounts.web.views.codes import show_step
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited

APP_SECRET = "app_secret"  # noqa: S105 - where the session keeps it
SHOW_CODES = "show_recovery_codes"
"""Set in the session when there are new recovery codes, which are shown once."""


# --- logging in ------------------------------------------------------------------------------------------------------


@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask somebody whose password or code was right for the second factor."""
    waiting = pending(request)
    if waiting is None:
        return redirect("login")
    by_key = "credential" in request.POST
    form: Form = (CredentialForm if by_key else SecondFactorForm)(request.POST or None)
    if form.is_valid():
        try:
            if by_key:
                check_passkey(form.cleaned_data["credential"], of=waiting.user)
            else:
                check_code_of_app(waiting.user, form.cleaned_data["code"], origin_of(request))
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            used = {"second_factor": "passkey" if by_key else "code"}
            return finish(request, waiting.user, waiting.method, waiting.to, **waiting.detail | used)
    found = factors_of(waiting.user)
    context = {
        "form": SecondFactorForm() if by_key else form,
        "passkey_form": form if by_key else CredentialForm(),
        "factors": found,
    }
    answer = render(request, "accounts/second_factor.html", context, status=422 if form.errors else 200)
    return _private(in_place(answer, form))


@require_POST
@web_page
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Return the challenge for a passkey: of the user whose second factor is awaited, or of anybody."""
    limit_challenges(origin_of(request).network)
    waiting = pending(request)
    return JsonResponse(ask_for_passkey(waiting.user if waiting else None))


@sensitive_post_parameters("credential")
@require_POST
@web_page
def passkey_log_in(request: HttpRequest) -> HttpResponse:
    form = CredentialForm(request.POST)
    try:
        if not form.is_valid():
            raise WrongPasskey
        user = check_passkey(form.cleaned_data["credential"])
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
        return redirect("login")
    return enter(request, user, Method.PASSKEY, next_page(request))


# --- what users set up -----------------------------------------------------------------------------------------------


@require_safe
@login_required
@web_page
def security(request: HttpRequest) -> HttpResponse:
    user = current_user(request)
    return _private(render(request, "accounts/security.html", {"factors": factors_of(user)}))


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def app_add(request: HttpRequest) -> HttpResponse:
    user, form = current_user(request), AppCodeForm(request.POST or None)
    secret = request.session.get(APP_SECRET) or new_app_secret()
    if form.is_valid():
        try:
            require_own_password(user=user, password=form.cleaned_data["password"])
            add_app(user=user, secret=secret, code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            request.session.pop(APP_SECRET, None)
            request.session[SHOW_CODES] = True
            messages.success(request, _("Your app is set up. Keep these recovery codes in a safe place."))
            return redirect("recovery-codes")
    request.session[APP_SECRET] = secret
    address = get_adapter().build_totp_url(user, secret)
    context = {
        "form": form,
        "secret": secret,
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4),
    }
    answer = render(request, "accounts/app_add.html", context, status=422 if form.errors else 200)
    return _private(in_place(answer, form))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def app_remove(request: HttpRequest) -> HttpResponse:
    return _with_password(
        request,
        lambda user: remove_app(user=user),
        heading=_("Remove the authenticator app"),
        what=_("You log in without a code then, unless you have a passkey."),
        button=_("Remove app"),
        done=_("The authenticator app was removed."),
    )


@sensitive_post_parameters("password", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def passkey_add(request: HttpRequest) -> HttpResponse:
    user, form = current_user(request), PasskeyForm(request.POST or None, initial={"name": _("My passkey")})
    if form.is_valid():
        try:
            require_own_password(user=user, password=form.cleaned_data["password"])
            credential = check_new_passkey(form.cleaned_data["credential"])
            add_passkey(user=user, name=form.cleaned_data["name"], credential=credential)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            request.session[SHOW_CODES] = True
            messages.success(request, _("Your passkey is set up. Keep these recovery codes in a safe place."))
            return redirect("recovery-codes")
    context = {"form": form, "options": ask_for_new_passkey(user)}
    answer = render(request, "accounts/passkey_add.html", context, status=422 if form.errors else 200)
    return _private(in_place(answer, form))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def passkey_remove(request: HttpRequest, passkey_id: int) -> HttpResponse:
    return _with_password(
        request,
        lambda user: remove_passkey(user=user, pk=passkey_id),
        heading=_("Remove a passkey"),
        what=_("You can't log in with it any more."),
        button=_("Remove passkey"),
        done=_("The passkey was removed."),
    )


@require_safe
@login_required
@web_page
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes once, right after they were made."""
    if not request.session.pop(SHOW_CODES, False):
        return redirect("security")
    context = {"codes": recovery_codes_of(current_user(request))}
    return _private(render(request, "accounts/recovery_codes.html", context))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def recovery_codes_renew(request: HttpRequest) -> HttpResponse:
    def renew(user: User) -> None:
        renew_recovery_codes(user=user)
        request.session[SHOW_CODES] = True

    return _with_password(
        request,
        renew,
        heading=_("New recovery codes"),
        what=_("The old ones stop working."),
        button=_("Make new codes"),
        done=_("Keep these recovery codes in a safe place."),
        to="recovery-codes",
    )


def _with_password(
    request: HttpRequest, act: Callable[[User], None], *, done: Any, to: str = "security", **said: Any
) -> HttpResponse:
    """Show a form that asks for the password, and act when it is right."""
    is_sent = request.method == "POST"
    user, form = current_user(request), OwnPasswordForm(request.POST if is_sent else None)
    if form.is_valid():
        try:
            require_own_password(user=user, password=form.cleaned_data["password"])
            act(user)
        except (WrongPassword, RateLimited) as refusal:
            add_refusal(form, refusal, "password")
        else:
            messages.success(request, done)
            return redirect(to)
    return show_step(request, form, **said)


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
