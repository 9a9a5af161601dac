"""The pages of webhooks: make one, see what its receiver answered, pause and delete it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.web.views.account import current_user, web_page
from core.errors.error_pages import refuse_in_place
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited
from webhooks.queries import webhook_at
from webhooks.refusals import NotAnAddress, TooManyWebhooks
from webhooks.services.managing import delete_webhook, make_webhook, pause_webhook, resume_webhook
from webhooks.signing import secret_of
from webhooks.web.forms import NewWebhookForm

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def account_webhooks(request: HttpRequest) -> HttpResponse:
    """List the webhooks, and handle the form for a new one."""
    user = current_user(request)
    form = NewWebhookForm(user, request.POST or None)
    if form.is_valid():
        try:
            made = make_webhook(user=user, **form.wanted())
        except NotAnAddress as refusal:
            form.add_error("url", str(refusal.detail))
            return _refused(request, form, refusal)
        except (RateLimited, TooManyWebhooks) as refusal:
            form.add_error(None, str(refusal.detail))
            return _refused(request, form, refusal)
        messages.success(request, _("The webhook was created. Your program needs its secret."))
        return redirect("account-webhook", made.pk)
    return _show(request, form, status=422 if form.errors else 200)


@require_safe
@login_required
@web_page
def account_webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Show one webhook, its secret and its newest deliveries."""
    webhook = webhook_at(current_user(request), webhook_id)
    deliveries = webhook.deliveries.select_related("wishlist")[:SHOWN]
    context = {"webhook": webhook, "secret": secret_of(webhook), "deliveries": deliveries}
    return render(request, "webhooks/webhook.html", context)


@require_POST
@login_required
@web_page
def account_webhook_turn(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Pause a webhook, or let it go on."""
    turn = resume_webhook if request.POST.get("is_active") == "true" else pause_webhook
    turn(user=current_user(request), webhook_id=webhook_id)
    return redirect("account-webhook", webhook_id)


@require_POST
@login_required
@web_page
def account_webhook_delete(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    delete_webhook(user=current_user(request), webhook_id=webhook_id)
    messages.success(request, _("The webhook was deleted."))
    return redirect("account-webhooks")


def _refused(request: HttpRequest, form: NewWebhookForm, refusal: Refusal) -> HttpResponse:
    return refuse_in_place(_show(request, form), refusal)


def _show(request: HttpRequest, form: NewWebhookForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "webhooks": current_user(request).webhooks.select_related("wishlist"),
    }
    return render(request, "webhooks/webhooks.html", context, status=status)
