"""The page "API tokens": make one, whose secret is shown once, and revoke one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.scopes import DESCRIPTIONS
from accounts.models import ApiToken
from accounts.projections.sessions import api_token_row
from accounts.queries.api_tokens import api_tokens_of
from accounts.refusals import TooManyTokens
from accounts.services.api_tokens import make_api_token, renew_unseen_secret, revoke_api_token
from accounts.web.form_repeats import done_before, keep_facts
from accounts.web.forms import NewTokenForm
from accounts.web.views.account import current_user, web_page
from core.errors.error_pages import refuse_in_place
from core.limits.rate_limits import RateLimited


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def account_tokens(request: HttpRequest) -> HttpResponse:
    """Show the tokens, and handle the form for a new one.

    The answer to that form is the page itself, because a redirect would have to keep the secret somewhere. If the form is
    sent twice, the browser shows the second answer, so that one gets a new secret for the same token.
    """
    if (done := done_before(request)) is not None:
        token, secret = renew_unseen_secret(user=current_user(request), token_id=UUID(done["token_id"]))
        return _made(request, token, secret)
    form = NewTokenForm(request.POST or None)
    if form.is_valid():
        try:
            token, secret = make_api_token(user=current_user(request), **form.wanted())
        except (RateLimited, TooManyTokens) as refusal:
            form.add_error(None, str(refusal.detail))
            return refuse_in_place(_show(request, form), refusal)
        return _made(request, token, secret)
    return _show(request, form, status=422 if form.errors else 200)


@require_POST
@login_required
@web_page
def account_token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    revoke_api_token(user=current_user(request), token_id=token_id)
    messages.success(request, _("The API token was revoked."))
    return redirect("account-tokens")


def _made(request: HttpRequest, token: ApiToken, secret: str | None) -> HttpResponse:
    response = _show(request, NewTokenForm(), made=token, secret=secret)
    keep_facts(response, draw={"token_id": str(token.pk)})
    return response


def _show(request: HttpRequest, form: NewTokenForm, *, status: int = 200, **made: Any) -> HttpResponse:
    rows = [_described(api_token_row(token)) for token in api_tokens_of(current_user(request))]
    return render(request, "accounts/api_tokens.html", {"form": form, "tokens": rows, **made}, status=status)


def _described(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its scopes in words. A scope of a newer version is shown by its name."""
    named = {scope.value: text for scope, text in DESCRIPTIONS.items()}
    return {**row, "allowed": [named.get(scope, scope) for scope in row["scopes"]]}
