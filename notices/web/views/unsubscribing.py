"""The page by which people stop mails without logging in.

Mail programs send a POST to its address with one click (RFC 8058). Opening it changes nothing, because mail scanners open
links, too: then the page has a button. The token in the address says whose mails, and which.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.unsubscribe_tokens import user_named
from accounts.projections.notice_kinds import kind_named
from accounts.web.views.account import web_page
from core.errors.refusals import NotFound
from notices.services.choosing import subscribe_again, unsubscribe

OF_KIND = "kind-"

CADENCES: dict[str, Promise] = {
    "at_once": _("all news that we mail at once"),
    "daily": _("the daily digest"),
    "weekly": _("the weekly digest"),
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def stop_mails(request: HttpRequest, token: str, scope: str) -> HttpResponse:
    """Show what the link stops, or stop it. A mail program sends no cookie, and needs no page."""
    user_id = _whose(token, scope)
    if request.method == "POST":
        unsubscribe(user_id=user_id, scope=scope)
    return _show(request, token, scope, is_stopped=request.method == "POST")


@csrf_exempt
@require_POST
@web_page
def want_mails_again(request: HttpRequest, token: str, scope: str) -> HttpResponse:
    subscribe_again(user_id=_whose(token, scope), scope=scope)
    return _show(request, token, scope, is_back=True)


def _whose(token: str, scope: str) -> UUID:
    user_id = user_named(token, scope)
    if user_id is None:
        raise NotFound
    return user_id


def _show(
    request: HttpRequest, token: str, scope: str, *, is_stopped: bool = False, is_back: bool = False
) -> HttpResponse:
    what = CADENCES.get(scope) or kind_named(scope.removeprefix(OF_KIND)).label
    context = {
        "stop": reverse("unsubscribe", args=[token, scope]),
        "undo": reverse("unsubscribe-undo", args=[token, scope]),
        "what": what,
        "is_kind": scope not in CADENCES,
        "is_stopped": is_stopped,
        "is_back": is_back,
    }
    return render(request, "notices/unsubscribe.html", context)
