"""Pages of providers: where they send people back to, and what an account is connected to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access.providers import CONNECT, Identity, State, begin, identity_in, provider_names
from accounts.models import User
from accounts.refusals import ProviderRefused
from accounts.services.signing_in.own_password import require_own_password
from accounts.services.signing_in.providers import (
    connect_provider,
    connections_of,
    disconnect_provider,
    sign_in_with_provider,
)
from accounts.services.signing_in.starting import Method
from accounts.web.form_refusals import add_refusal
from accounts.web.log_ins import enter
from accounts.web.sign_in_forms import OwnPasswordForm
from accounts.web.views.account import current_user, safe_page, web_page
from accounts.web.views.codes import show_step
from core.errors.refusals import NotFound, Refusal

MAY_CONNECT = "may_connect"
"""The provider for which this session just entered the password."""


@require_safe
@web_page
def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what a provider says about the person whom it sends back."""
    try:
        identity, state = identity_in(request, provider_id)
        if state.process == CONNECT:
            return _connect(request, identity, state)
        user = sign_in_with_provider(identity)
    except Refusal as refusal:
        if refusal.status_code in (404, 503):
            raise
        messages.warning(request, str(refusal.detail))
        return redirect("connections" if request.user.is_authenticated else "login")
    return enter(request, user, Method.PROVIDER, safe_page(request, state.to), provider=provider_id)


@require_safe
@login_required
@web_page
def connections(request: HttpRequest) -> HttpResponse:
    """Show with which providers the account can be opened."""
    user, names = current_user(request), provider_names()
    rows = [(row, names.get(row.provider, row.provider)) for row in connections_of(user)]
    connected = {row.provider for row, _name in rows}
    free = [(key, name) for key, name in names.items() if key not in connected]
    return render(request, "accounts/connections.html", {"rows": rows, "free": free})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def connection_add(request: HttpRequest, provider_id: str) -> HttpResponse:
    name = _name_of(provider_id)

    def go(_user: User) -> HttpResponse:
        request.session[MAY_CONNECT] = provider_id
        return redirect("connection-go", provider_id)

    return _with_password(
        request,
        go,
        heading=_("Connect your account"),
        what=_("You can then also log in with %(name)s.") % {"name": name},
        button=_("Continue"),
    )


@require_safe
@login_required
@web_page
def connection_go(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead somebody who just entered their password to the provider, by a link (templates/accounts/connection_go.html)."""
    name = _name_of(provider_id)
    if request.session.get(MAY_CONNECT) != provider_id:
        return redirect("connection-add", provider_id)
    if "go" in request.GET:
        del request.session[MAY_CONNECT]
        return begin(request, provider_id, CONNECT, "", str(current_user(request).pk))
    return render(request, "accounts/connection_go.html", {"name": name})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def connection_remove(request: HttpRequest, connection_id: int) -> HttpResponse:
    def go(user: User) -> HttpResponse:
        disconnect_provider(user=user, pk=connection_id)
        messages.success(request, _("The connection was removed."))
        return redirect("connections")

    return _with_password(
        request,
        go,
        heading=_("Remove a connection"),
        what=_("You can't log in with it any more."),
        button=_("Remove connection"),
    )


def _name_of(provider_id: str) -> str:
    names = provider_names()
    if provider_id not in names:
        raise NotFound
    return names[provider_id]


def _connect(request: HttpRequest, identity: Identity, state: State) -> HttpResponse:
    """Connect the account that began, if it is still the one that is logged in."""
    if not request.user.is_authenticated or str(request.user.pk) != state.user:
        raise ProviderRefused
    connect_provider(user=current_user(request), identity=identity)
    messages.success(request, _("Your account is connected."))
    return redirect("connections")


def _with_password(request: HttpRequest, go: Any, **said: Any) -> HttpResponse:
    is_sent = request.method == "POST"
    user, form = current_user(request), OwnPasswordForm(request.POST if is_sent else None)
    if form.is_valid():
        try:
            require_own_password(user=user, password=form.cleaned_data["password"])
            answer: HttpResponse = go(user)
        except Refusal as refusal:
            if refusal.status_code in (404, 503):
                raise
            add_refusal(form, refusal)
        else:
            return answer
    return show_step(request, form, **said)
