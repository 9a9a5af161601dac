"""The account pages: log in and out, register, edit or delete the account, read the inbox."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.known_devices import origin_of
from accounts.access.providers import provider_names
from accounts.access.reading import follow_reader
from accounts.models import User
from accounts.refusals import EmailTaken, HandleTaken, WrongCredentials, WrongPassword
from accounts.services.inbox import NEWEST, mark_all_read, mark_read
from accounts.services.people import (
    change_password,
    check_credentials,
    check_current_password,
    edit_user,
    register_user,
    remove_user,
)
from accounts.services.signing_in.starting import Method
from accounts.web.form_refusals import add_refusal, in_place
from accounts.web.forms import LeaveForm, LoginForm, NameForm, PasswordForm, ReadingForm, RegisterForm
from accounts.web.log_ins import enter
from accounts.web.repeated_log_ins import BACKEND, keep_log_in
from core.errors.error_pages import refuse
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited
from core.pages.page_addresses import page_for

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def web_page(view: Page[P]) -> Page[P]:
    """Decorate a page: it is never cached, and a refusal that no form shows becomes an error page."""

    @wraps(view)
    def refusing(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refuse(request, refusal)

    return never_cache(refusing)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(next_page(request))
    form = LoginForm(request.POST or None)
    if form.is_valid():
        try:
            user = check_credentials(**form.cleaned_data, origin=origin_of(request))
        except (WrongCredentials, RateLimited) as refusal:
            add_refusal(form, refusal)
        else:
            return enter(request, user, Method.PASSWORD, next_page(request))
    return _show(request, "login", form=form, next=next_page(request, ""), providers=_providers())


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def register(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(next_page(request))
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        try:
            user = register_user(**form.cleaned_data, network=origin_of(request).network)
        except (EmailTaken, HandleTaken, RateLimited) as refusal:
            add_refusal(form, refusal, "email")
        else:
            answer = enter(request, user, Method.REGISTRATION, next_page(request))
            if not user.address_counts:
                answer = redirect(reverse("verify-email", query={"next": next_page(request)}))
            return keep_log_in(answer, user)
    return _show(request, "register", form=form, next=next_page(request, ""))


@require_POST
@web_page
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(next_page(request, settings.LOGOUT_REDIRECT_URL))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def account(request: HttpRequest) -> HttpResponse:
    """Show the account page, and handle the form for the name. The other two forms have their own addresses."""
    user = current_user(request)
    form = NameForm(request.POST or None, initial={"display_name": user.display_name})
    if form.is_valid():
        edit_user(user=user, **form.only_edited(form.cleaned_data))
        return _done(request, _("Your name was changed."))
    return _show_account(request, form=form)


@require_POST
@login_required
@web_page
def account_reading(request: HttpRequest) -> HttpResponse:
    """Change language, time zone and currency. The message is in the new language already."""
    user = current_user(request)
    form = ReadingForm(request.POST, initial=ReadingForm.values_of(user))
    if not form.is_valid():
        return _show_account(request, reading_form=form)
    follow_reader(edit_user(user=user, **form.only_edited(form.cleaned_data)))
    return _done(request, _("Language, time zone and currency were saved."))


@sensitive_post_parameters("password", "new_password")
@require_POST
@login_required
@web_page
def account_password(request: HttpRequest) -> HttpResponse:
    """Change the password. That logs out every device; this one is logged in again."""
    user = current_user(request)
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _show_account(request, password_form=form)
    try:
        check_current_password(user=user, password=form.cleaned_data["password"])
        changed = change_password(user=user, password=form.cleaned_data["new_password"])
    except (WrongPassword, RateLimited) as refusal:
        add_refusal(form, refusal, "password")
        return _show_account(request, password_form=form)
    login(request, changed, BACKEND)
    answer = _done(request, _("Your password was changed. You were logged out on all other devices."))
    return keep_log_in(answer, changed)


@sensitive_post_parameters("password")
@require_POST
@login_required
@web_page
def account_delete(request: HttpRequest) -> HttpResponse:
    user = current_user(request)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _show_account(request, leave_form=form)
    try:
        check_current_password(user=user, password=form.cleaned_data["password"])
    except (WrongPassword, RateLimited) as refusal:
        add_refusal(form, refusal, "password")
        return _show_account(request, leave_form=form)
    remove_user(user=user)
    logout(request)
    messages.success(request, _("Your account was deleted."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
@login_required
@web_page
def inbox(request: HttpRequest) -> HttpResponse:
    return _show(request, "inbox", notifications=current_user(request).notifications.all()[:NEWEST])


@require_POST
@login_required
@web_page
def inbox_read(request: HttpRequest, notification_id: UUID | None = None) -> HttpResponse:
    """Mark one notification, or all, as read."""
    if notification_id is None:
        mark_all_read(user=current_user(request))
    else:
        mark_read(user=current_user(request), notification_id=notification_id)
    return redirect("inbox")


def _show(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Render a page, with status 422 if a form in it has errors, so that monitoring can count failures."""
    forms = [value for value in context.values() if isinstance(value, Form)]
    status = 422 if any(form.errors for form in forms) else 200
    return in_place(render(request, f"accounts/{name}.html", context, status=status), *forms)


def _show_account(request: HttpRequest, **forms: Form) -> HttpResponse:
    user = current_user(request)
    fresh = {
        "form": NameForm(initial={"display_name": user.display_name}),
        "reading_form": ReadingForm(initial=ReadingForm.values_of(user)),
        "password_form": PasswordForm(),
        "leave_form": LeaveForm(),
    }
    return _show(request, "account", **(fresh | forms))


def _done(request: HttpRequest, sentence: Any) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("account")


def _providers() -> list[tuple[str, str]]:
    """Return address and name of each provider with which people can log in."""
    direct = {"google": "/api/v1/auth/google", "github": "/api/v1/auth/github"}
    return [(direct.get(key, f"/api/v1/auth/oidc/{key}"), name) for key, name in provider_names().items()]


def current_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # login_required
    return request.user


def next_page(request: HttpRequest, default: str = settings.LOGIN_REDIRECT_URL) -> str:
    """Return where to redirect: a path of this site. It must start with a slash, or `redirect` reads it as a URL name."""
    return safe_page(request, request.POST.get("next") or request.GET.get("next") or "", default)


def safe_page(request: HttpRequest, wanted: str, default: str = settings.LOGIN_REDIRECT_URL) -> str:
    """Return `wanted` if it is a page of this site, otherwise `default`."""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return page_for(wanted) if safe and wanted.startswith("/") else default
