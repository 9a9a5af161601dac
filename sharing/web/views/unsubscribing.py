"""The page by which a guest stops mails about their gifts, with one click in their mail program (RFC 8058).

The token in its address is good for that alone: it neither shows nor changes what the guest gives. Opening the page changes
nothing, because mail scanners open links, too.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.web.views.account import web_page
from sharing.access.capabilities import guest_stopped_by
from sharing.refusals import NoSuchGuest
from sharing.services.guest_mail import want_notices
from wishlists.models import Guest


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def guest_stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link stops, or stop it."""
    guest = _guest(token)
    if request.method == "POST":
        want_notices(guest=guest, wanted=False)
    return _show(request, token, is_stopped=request.method == "POST")


@csrf_exempt
@require_POST
@web_page
def guest_want_mails_again(request: HttpRequest, token: str) -> HttpResponse:
    want_notices(guest=_guest(token), wanted=True)
    return _show(request, token, is_back=True)


def _guest(token: str) -> Guest:
    named = guest_stopped_by(token)
    guest = Guest.objects.filter(pk=named).first() if named else None
    if guest is None:
        raise NoSuchGuest
    return guest


def _show(
    request: HttpRequest, token: str, *, is_stopped: bool = False, is_back: bool = False
) -> HttpResponse:
    context = {
        "stop": reverse("guest-unsubscribe", args=[token]),
        "undo": reverse("guest-unsubscribe-undo", args=[token]),
        "is_stopped": is_stopped,
        "is_back": is_back,
    }
    return render(request, "sharing/unsubscribe.html", context)
