"""Pages: who is asking is whoever the log-in behind the cookie belongs to, while that log-in lives.

Django's own session knows only a user; ours names the `Session` (a log-in), so that logging out everywhere,
deactivation and removal close pages exactly as they close tokens and sockets. One query loads both.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from accounts.models import Session, User
from accounts.queries.sessions import COOKIE_KEY, live_session

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


def log_in_behind(request: HttpRequest) -> Session | None:
    """The live log-in that this page request rides on, if any."""
    if not hasattr(request, "_log_in"):
        request._log_in = _look_up(request)  # type: ignore[attr-defined]  # kept for the length of the request
    return request._log_in  # type: ignore[no-any-return, attr-defined]


def remember_log_in(request: HttpRequest, session: Session) -> None:
    """From now on the cookie of `request` rides on `session`."""
    request.session[COOKIE_KEY] = str(session.pk)
    request._log_in = session  # type: ignore[attr-defined]


def _look_up(request: HttpRequest) -> Session | None:
    sid = request.session.get(COOKIE_KEY)
    if sid is None:
        return None
    session = live_session(uuid.UUID(sid))
    if session is None:
        # Nothing is written, for this may be reading: the answer takes the cookie back, and upkeep deletes the row.
        request.session = type(request.session)()
    return session


def _person(request: HttpRequest) -> User | AnonymousUser:
    session = log_in_behind(request)
    return session.user if session else AnonymousUser()


class LiveSessionMiddleware:
    """Replaces what AuthenticationMiddleware put on the request. Lazily: who is not asked for costs no query."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: _person(request))
        return self.get_response(request)
