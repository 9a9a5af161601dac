"""Authentication of pages, by the live `Session` (a log-in) that the cookie names.

Django's session knows only a user. Ours names the `Session`, so that "log out everywhere", deactivation and deletion end
access to pages, just as they end tokens and sockets. One query loads the session and its user.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from accounts.access.reading import follow_reader
from accounts.models import Session, User
from accounts.queries.sessions import COOKIE_KEY, live_session
from core.time.moments import set_readers_zone

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


def log_in_behind(request: HttpRequest) -> Session | None:
    """Return the live log-in of this page request, or None."""
    if not hasattr(request, "_log_in"):
        request._log_in = _look_up(request)  # type: ignore[attr-defined]  # cached for the request
    return request._log_in  # type: ignore[no-any-return, attr-defined]


def remember_log_in(request: HttpRequest, session: Session) -> None:
    """Make the cookie of `request` name `session`."""
    request.session[COOKIE_KEY] = str(session.pk)
    request._log_in = session  # type: ignore[attr-defined]


def _look_up(request: HttpRequest) -> Session | None:
    sid = request.session.get(COOKIE_KEY)
    if sid is None:
        return None
    session = live_session(uuid.UUID(sid))
    if session is None:
        # Do not delete the row, because this may be a read-only request. The answer removes the cookie; a job deletes the row.
        request.session = type(request.session)()
    return session


def _person(request: HttpRequest) -> User | AnonymousUser:
    session = log_in_behind(request)
    return session.user if session else AnonymousUser()


class LiveSessionMiddleware:
    """Replaces the user that AuthenticationMiddleware set. The user is lazy, so requests that do not need it cost no query."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: _person(request))
        set_readers_zone("")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _named: object) -> None:
        """Draw pages in the person's language and time zone. The API does so as it authenticates."""
        if COOKIE_KEY in request.session and not request.path.startswith("/api/"):
            session = log_in_behind(request)
            if session is not None:
                follow_reader(session.user)
