"""Find sessions that have not ended, by a token, by their id, or by a Django session cookie.

Each is found with its user, in one statement. This is the only place that says who somebody is.
"""

from __future__ import annotations

import uuid
from importlib import import_module

from django.conf import settings
from django.db.models import QuerySet

from accounts.access.api_tokens import digests_of, is_api_token
from accounts.access.last_use import note_use
from accounts.access.tokens import BadToken, read_access_token
from accounts.models import Session, User
from core.db.prepared import prepared

MOST_SHOWN = 200
"""Log-ins that the page shows, and the API without `?page=`."""

COOKIE_KEY = "sid"
"""Where a Django session keeps the id of the log-in behind it."""


def session_of_token(token: str) -> Session | None:
    """Return the live session behind an access token or a personal API token."""
    if is_api_token(token):
        found = (next(iter(_live_by_digest(digest=digest)), None) for digest in digests_of(token))
        return _used(next(filter(None, found), None))
    try:
        user_id, session_id = read_access_token(token)
    except BadToken:
        return None
    session = live_session(session_id)
    return session if session and session.user_id == user_id else None


def live_session(session_id: uuid.UUID) -> Session | None:
    """Return the session with its user, in one query, if it is still valid."""
    return _used(next(iter(_live(session_id=session_id)), None))


def session_of_cookie(session_key: str) -> Session | None:
    """Return the live log-in behind the value of a Django session cookie."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    sid = store.get(COOKIE_KEY)
    return live_session(uuid.UUID(sid)) if sid else None


def asking(session_id: uuid.UUID, user_id: uuid.UUID) -> QuerySet[Session]:
    """The log-in that a token names, if it still opens doors. Statements that answer everything at once
    (docs/unchanged.md) begin with it, so that who may ask is said here alone.
    """
    return _open(session_id).filter(user=user_id)


def log_ins_of(user: User) -> QuerySet[Session]:
    """Return where the user is logged in, the last used first."""
    return user.sessions.in_use().order_by("-last_used_at", "-created_at")


def _used(session: Session | None) -> Session | None:
    if session is not None:
        note_use(session)
    return session


@prepared
def _live(*, session_id: uuid.UUID) -> QuerySet[Session]:
    return _open(session_id).select_related("user")


def _open(session_id: uuid.UUID) -> QuerySet[Session]:
    return Session.objects.live().filter(pk=session_id)


@prepared
def _live_by_digest(*, digest: str) -> QuerySet[Session]:
    return Session.objects.live().select_related("user").filter(api_token__digest=digest)
