"""Make a form that is sent twice take effect once, and answer it as the first time (docs/forms.md).

It uses the same table as `Idempotency-Key` (accounts/api/retrying.py): the stored answer commits together with the effect.
Forms of pages are answered by a redirect, so its address is stored. The view renders a fragment again, from `facts`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import StoredAnswer
from accounts.services.retrying import claim_answer, keep_answer, release_answer
from core.db.write_lock import write_lock
from core.pages.ended_log_ins import leads_to_log_in
from core.pages.form_keys import sent_form_key

Facts = dict[str, Any]
GetResponse = Callable[[HttpRequest], HttpResponse]

EXEMPT = {
    "login": "it changes nothing that is shown, and its secrets are kept nowhere",
    "demo": "it logs in",
    "second-factor": "it logs in, and its secrets are kept nowhere",
    "passkey-log-in": "it logs in, and its secrets are kept nowhere",
    "passkey-options": "it returns a new challenge, and writes nothing else",
    "connection-add": "it only remembers that the password was right",
    "app-add": "the code of an app works for a moment, and a second time it replaces the same app",
    "passkey-add": "its challenge is good for one answer",
    "log-in-code-confirm": "a wrong code must stay counted, so it commits by itself",
    "password-reset-confirm": "a wrong code must stay counted, so it commits by itself",
    "verify-email": "a wrong code must stay counted, so it commits by itself",
    "account-email-confirm": "a wrong code must stay counted, so it commits by itself",
    "account-picture": "the same picture again changes nothing, and decoding it would keep a transaction open",
    "push-on": "a script sends it, and a second time changes nothing",
    "push-off": "a script sends it, and a second time changes nothing",
    "unsubscribe": "mail programs send it without a page, and a second time changes nothing",
    "guest-unsubscribe": "mail programs send it without a page, and a second time changes nothing",
    "guest-unsubscribe-undo": "a second time changes nothing",
    "unsubscribe-undo": "a second time changes nothing",
    "guest-token": "it writes nothing, and what is typed there is a secret",
    "guest-confirm": "a wrong code must stay counted, so it commits by itself",
}
"""Names of URLs that accept a POST without a key, with the reason."""

ENDS_LOG_IN = {"account-delete", "account-password", "keep-address", "logout", "set-password"}
"""URLs after which the browser may be logged out. The second request is then recognized by its CSRF cookie."""

_TOKENS = ("token", "invitation")
"""Parameters of URLs that give access."""

SOON = timedelta(minutes=1)
"""After this time the answer to a repeated form says that it was sent before, because the page may show newer data."""


class Restorer(Protocol):
    """Restores what another app adds to an answer, such as cookies, for the same browser."""

    def prepare(self, request: HttpRequest, facts: Facts) -> None: ...

    def finish(self, request: HttpRequest, response: HttpResponse, facts: Facts) -> None: ...


restorers: list[Restorer] = []


def keep_facts(response: HttpResponse, **facts: Any) -> None:
    """Store with `response` what is needed to repeat it. With the fact `draw`, the view renders the answer again itself."""
    response.__dict__.setdefault("form_facts", {}).update(facts)


def done_before(request: HttpRequest) -> Facts | None:
    """Return the `draw` facts of the first answer if this form has already taken effect: render them, and change nothing."""
    return getattr(request, "_form_done", None)


class FormRepeats:
    """Middleware that answers a repeated form with its first answer. Forms without a key are not affected."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slot = _slot_of(request)
        if slot is None:
            return self.get_response(request)
        with write_lock(), transaction.atomic():
            place = claim_answer(slot=slot, asked=slot)
            if place.status is None:
                return self._first(request, place)
        return self._again(request, place)

    def _first(self, request: HttpRequest, place: StoredAnswer) -> HttpResponse:
        """Handle a form for the first time. After a refusal nothing is stored, but what it wrote (a log row) is committed."""
        slot_of_browser = _slot_once_logged_out(request)
        response = self.get_response(request)
        if response.status_code >= 500 or connection.needs_rollback:
            transaction.set_rollback(True)
        elif _has_done(request, response):
            body = json.dumps(_kept(request, response))
            keep_answer(place=place, status=response.status_code, headers={}, body=body)
            if slot_of_browser is not None:
                also = claim_answer(slot=slot_of_browser, asked=slot_of_browser)
                keep_answer(place=also, status=response.status_code, headers={}, body=body)
        else:
            release_answer(place=place)
        return response

    def _again(self, request: HttpRequest, place: StoredAnswer) -> HttpResponse:
        kept = json.loads(place.body)
        facts: Facts = kept["facts"]
        is_late = timezone.now() - place.created_at > SOON
        for restorer in restorers:
            restorer.prepare(request, facts)
        if "draw" in facts:
            late: Facts = {"notice": _sent_before()} if is_late else {}
            request._form_done = facts["draw"] | late  # type: ignore[attr-defined]
            response = self.get_response(request)
        else:
            response = HttpResponse(status=place.status, headers={"Location": _with_token(request, kept)})
            _say(request, [[messages.INFO, _sent_before(), ""]] if is_late else kept["messages"])
        for restorer in restorers:
            restorer.finish(request, response, facts)
        return response


def _slot_of(request: HttpRequest) -> str | None:
    is_form = request.method == "POST" and not request.path_info.startswith("/api/")
    return _slot(request, _sender(request)) if is_form else None


def _slot(request: HttpRequest, who: str | None) -> str | None:
    """Return the name of the stored answer, from sender, URL, key and values. None if the key does not count."""
    match = _match(request)
    key = sent_form_key(request) if match and match.url_name not in EXEMPT else None
    if request.POST.get("how") == "fill":
        return None  # it writes nothing, and fetches from another server: do not keep a transaction open for that
    if key is None or who is None:
        return None
    typed = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    query = request.META.get("QUERY_STRING", "")
    named = json.dumps([who, request.path, query, key, typed])
    return hashlib.sha256(named.encode()).hexdigest()


def _sender(request: HttpRequest) -> str | None:
    """Return the logged-in user, otherwise the browser, identified by its CSRF cookie."""
    return f"user {request.user.pk}" if request.user.is_authenticated else _browser(request)


def _browser(request: HttpRequest) -> str | None:
    browser = request.META.get("CSRF_COOKIE")
    return f"browser {browser}" if browser else None


def _slot_once_logged_out(request: HttpRequest) -> str | None:
    match = _match(request)
    ends = match is not None and match.url_name in ENDS_LOG_IN and request.user.is_authenticated
    return _slot(request, _browser(request)) if ends else None


def _match(request: HttpRequest) -> ResolverMatch | None:
    return _named(request.path_info)


def _named(address: str) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None


def _has_done(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether the form took effect. A refusal is an error status, or a redirect with a warning."""
    if any(message.level >= messages.WARNING for message in _new_messages(request)):
        return False
    if response.status_code >= 400:
        return False
    if "draw" in response.__dict__.get("form_facts", {}):
        return True
    location = response.get("Location", "")
    return bool(location) and not leads_to_log_in(response)


def _kept(request: HttpRequest, response: HttpResponse) -> Facts:
    """Return what to store. Tokens are left out; the repeated request has the same token in its own URL or fields."""
    token = str(_token(request) or "")
    location = response.get("Location", "")
    return {
        "location": location.replace(token, "{token}") if token else location,
        "messages": [[one.level, str(one.message), one.extra_tags or ""] for one in _new_messages(request)],
        "facts": response.__dict__.get("form_facts", {}),
    }


def _with_token(request: HttpRequest, kept: Facts) -> str:
    return str(kept["location"]).replace("{token}", str(_token(request) or ""))


def _token(request: HttpRequest) -> str | None:
    """Return the token in the address of the form, or in that of the page that follows it."""
    for address in (request.path_info, request.POST.get("next", ""), request.GET.get("next", "")):
        found = _named(address)
        for name in _TOKENS if found else ():
            if found and name in found.kwargs:
                return str(found.kwargs[name])
    return None


def _new_messages(request: HttpRequest) -> list[Any]:
    return list(getattr(messages.get_messages(request), "_queued_messages", []))


def _say(request: HttpRequest, said: list[list[Any]]) -> None:
    """Add the messages, except those of the first answer that are still waiting to be shown."""
    storage = messages.get_messages(request)
    waiting = {str(message) for message in storage}
    storage.used = False  # type: ignore[union-attr]  # looked at, not shown
    for level, text, tags in said:
        if text not in waiting:
            messages.add_message(request, level, text, extra_tags=tags)


def _sent_before() -> str:
    return _("You already sent this form, so it wasn't done again. This is the current state.")
