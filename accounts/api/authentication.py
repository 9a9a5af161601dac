"""Authentication of API requests, by an access token, a personal API token, or the session cookie of our pages.

Both load the live `Session` and its user in one query, and set `request.auth` to the session.
"""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.access.reading import follow_reader
from accounts.access.scopes import require_access
from accounts.middleware import log_in_behind
from accounts.models import Session, User
from accounts.queries.sessions import session_of_token
from accounts.refusals import NotSignedIn


class SessionTokenAuthentication(BaseAuthentication):
    """Authenticates by `Authorization: Bearer <token>`; 401 if the session has ended.

    The token is an access token or a personal API token. What the latter may do is declared by each view as
    `token_access` (accounts/access/scopes.py), and checked here, where no view can forget it.

    Clients often send old tokens. A view with `open_to_all = True` therefore ignores a bad token in requests that only
    read. Writes with a bad token are refused, so that nobody acts as a guest by mistake.
    """

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        session = _session_of(header[1]) if len(header) == 2 else None
        if session is not None:
            require_access(session, getattr(_view(request), "token_access", None), request.method or "")
            follow_reader(session.user)
            return session.user, session
        if request.method in SAFE_METHODS and getattr(_view(request), "open_to_all", False):
            return None
        raise NotSignedIn

    def authenticate_header(self, request: Request) -> str:
        return NotSignedIn.auth_header


class PageSessionAuthentication(SessionAuthentication):
    """Authenticates by the session cookie of our pages, for the browsable API. Writes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        session = log_in_behind(request._request)
        if session is None:
            return None
        self.enforce_csrf(request)
        follow_reader(session.user)
        return session.user, session


def _session_of(token: bytes) -> Session | None:
    try:
        return session_of_token(token.decode())
    except UnicodeDecodeError:
        return None


def _view(request: Request) -> object:
    return (request.parser_context or {}).get("view")
