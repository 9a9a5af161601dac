"""`/dev/mail`: shows sent mail on a machine without a mail server, in development and to this machine only."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.mail.mailbox import find_mail, newest_mails
from core.errors.error_pages import refuse
from core.errors.refusals import NotFound
from core.http.client_address import is_from_this_machine


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    if not _from_this_machine(request):
        return refuse(request, NotFound())
    return render(request, "accounts/mailbox.html", {"mails": newest_mails()})


@require_safe
@never_cache
def mail(request: HttpRequest, name: str) -> HttpResponse:
    found = find_mail(name) if _from_this_machine(request) else None
    if found is None:
        return refuse(request, NotFound())
    return render(request, "accounts/mail.html", {"mail": found})


def _from_this_machine(request: HttpRequest) -> bool:
    return bool(settings.DEBUG) and is_from_this_machine(request)
