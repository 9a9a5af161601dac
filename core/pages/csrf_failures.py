"""Answer CSRF failures: say what is wrong and what to do about it (docs/forms.md).

The user logged in or out in another tab, the browser blocks cookies, a proxy rewrites the host, or another site sent the
form. Only the last is an attack. The input is offered again only if the browser says that a page of ours sent it.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware import csrf
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors.error_pages import CsrfFailed, refuse, wants_problem
from core.pages.ended_log_ins import go_to
from core.pages.form_keys import FIELD, is_of_nobody, mark_in, mark_of, sent_form_key
from core.pages.kept_forms import is_secret, keep_form
from core.pages.page_addresses import is_from_here, page_of

NO_COOKIE = _(
    "Your browser sent no cookie with this form, so we can't tell that it comes from you. Allow cookies "
    "for this site and send the form again."
)
HIDDEN_ORIGIN = _(
    "Your browser doesn't say which page this form comes from. A privacy setting or an extension hides "
    "it. Allow it for this site, open the page again and send the form again."
)
OTHER_HOST = _(
    "Your browser sent this form from {origin}, but it arrived here for {host}. Open this site at its own "
    "address, {site}. If you run this site: let the proxy pass on the Host header, or add the address to "
    "CSRF_TRUSTED_ORIGINS."
)
LOGGED_IN = _(
    "You have logged in since you opened this page. Nothing was saved yet. Check the form and send it again."
)
LOGGED_OUT = _(
    "You have been logged out since you opened this page. Nothing was saved yet. Check the form and send "
    "it again."
)
RENEWED = _(
    "You opened this page in an earlier session. Nothing was saved yet. Check the form and send it again."
)
STILL = _(
    "This form was refused twice. Another site at this address, or a proxy that caches pages, changes its "
    "cookies. Close other tabs with this address, or use a private window."
)
SOON = 120
"""Seconds within which a second failure at the same address is not just an outdated page."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token, cookie, origin or referrer is wrong (Django's CSRF_FAILURE_VIEW)."""
    sentence = _what_is_wrong(request, reason)
    if wants_problem(request):
        return refuse(request, CsrfFailed(sentence or RENEWED))
    if sentence is None and is_from_here(request) and not _failed_before(request):
        page = page_of(request)
        keep_form(request, page=page, why=str(_since_it_was_opened(request)))
        return go_to(request, page)
    if "HX-Request" in request.headers:
        return refuse(request, CsrfFailed(sentence or STILL))
    return _explain(request, sentence or (STILL if is_from_here(request) else RENEWED), reason)


def _what_is_wrong(request: HttpRequest, reason: str) -> Promise | None:
    """Return what is wrong, or None if the token is merely that of another session."""
    if reason == csrf.REASON_NO_CSRF_COOKIE:
        return NO_COOKIE
    origin = request.headers.get("Origin", "")
    if reason.startswith(("Origin checking", "Referer checking")):
        if not origin or origin == "null":
            origin = _origin_of(request.headers.get("Referer", ""))
        if not origin:
            return HIDDEN_ORIGIN
        return format_lazy(OTHER_HOST, origin=origin, host=_host(request), site=settings.SITE_URL)
    return None


def _since_it_was_opened(request: HttpRequest) -> Promise:
    mark = mark_in(sent_form_key(request))
    if mark and mark != mark_of(request):
        return LOGGED_IN if is_of_nobody(mark) or request.user.is_authenticated else LOGGED_OUT
    return RENEWED


def _failed_before(request: HttpRequest) -> bool:
    """Return whether this browser has failed at this address a moment ago, and remember this failure."""
    last = request.session.get("refused_form", ["", 0])
    request.session["refused_form"] = [request.path, int(time.time())]
    return bool(last[0] == request.path and last[1] > time.time() - SOON)


def _explain(request: HttpRequest, sentence: Promise, reason: str) -> HttpResponse:
    """Render the page that explains the failure, with the input in a form that has a valid token."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    may_resend = is_from_here(request) and not any(is_secret(name) for name, _value in typed)
    hidden = ("csrfmiddlewaretoken", FIELD)
    context = {
        "sentence": sentence,
        "back": page_of(request),
        "resend": request.get_full_path() if may_resend else "",
        "fields": [(name, value) for name, value in typed if name not in hidden],
    }
    return render(request, "errors/form_refused.html", context, status=403)


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _host(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
