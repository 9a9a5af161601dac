"""Redirect logged-out users to the whole log-in page, and then back to where they were (docs/forms.md)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.pages.filled_forms import fill_page
from core.pages.kept_forms import keep_form, take_kept_forms
from core.pages.page_addresses import is_part, page_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class EndedLogIns:
    """Middleware that corrects redirects to the log-in page, and restores the user's input when they come back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if leads_to_log_in(response):
            return _to_log_in(request, response)
        if _shows_page(request, response):
            kept = take_kept_forms(request)
            if kept:
                response.content = fill_page(response.content.decode(), request.path, kept)
        return response


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect to `address` as a whole page: with a plain redirect htmx would put the page into a card."""
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(address)
    answer = HttpResponseRedirect(address)
    if request.method == "POST":
        answer.status_code = 303
    return answer


def _to_log_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    is_fragment = "HX-Request" in request.headers
    if request.method != "POST" and not is_fragment and not is_part(request.path_info):
        return response
    page = page_of(request)
    if request.method == "POST":
        why = _(
            "You were logged out before you sent this. Nothing was saved yet. Check the form and send it "
            "again."
        )
        keep_form(request, page=page, why=why)
    return go_to(request, f"{settings.LOGIN_URL}?{urlencode({'next': page}, safe='/')}")


def leads_to_log_in(response: HttpResponse) -> bool:
    """Return whether the answer asks the user to log in, so that nothing was done."""
    if response.status_code != 302:
        return False
    parts = urlsplit(response["Location"])
    return parts.path == settings.LOGIN_URL and "next" in parse_qs(parts.query)


def _shows_page(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and settings.SESSION_COOKIE_NAME in request.COOKIES
        and "HX-Request" not in request.headers
        and not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not request.path_info.startswith(("/admin/", "/api/"))
    )
