"""Who is asking the API: the bearer of an access token, or the person behind a page's cookie.

Either way it is one query for the live `Session` with its user, and `request.auth` is that session.
"""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.access.tokens import BadToken, read_access_token
from accounts.middleware import log_in_behind
from accounts.models import Session, User
from accounts.queries.sessions import live_session
from accounts.refusals import NotSignedIn


class SessionTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`, refused with 401 once its session has ended.

    Clients send what they have stored. A view that says `open_to_all = True` therefore ignores a bad token when it
    is only read; writing to it with a bad one is refused, so that nobody acts as a guest without meaning to.
    """

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        session = _session_of(header[1]) if len(header) == 2 else None
        if session is not None:
            return session.user, session
        if request.method in SAFE_METHODS and getattr(_view(request), "open_to_all", False):
            return None
        raise NotSignedIn

    def authenticate_header(self, request: Request) -> str:
        return NotSignedIn.auth_header


class PageSessionAuthentication(SessionAuthentication):
    """The cookie of our pages, for the browsable API; writes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        session = log_in_behind(request._request)
        if session is None:
            return None
        self.enforce_csrf(request)
        return session.user, session


def _session_of(token: bytes) -> Session | None:
    try:
        user_id, session_id = read_access_token(token.decode())
    except (BadToken, UnicodeDecodeError):
        return None
    session = live_session(session_id)
    return session if session and session.user_id == user_id else None


def _view(request: Request) -> object:
    return (request.parser_context or {}).get("view")
