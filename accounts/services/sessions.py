"""Log-ins: started, renewed by rotating refresh tokens, ended. Those that still open doors are found in
accounts/queries/sessions.py.

start_session(*, user) -> Session
tokens_of(session) -> Tokens
rotate_session(*, refresh_token) -> Tokens
end_session(*, session)                               Session's post_save notifies its sockets
end_session_of(*, refresh_token)
end_all_sessions(*, user, but=None)
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TypedDict

from django.db.models.functions import Now

from accounts.access.tokens import BadToken, mint_access_token, mint_refresh_token, read_refresh_token
from accounts.models import Session, User
from accounts.refusals import RefreshRefused
from core.db.change import change, lock

REUSE_LEEWAY = timedelta(seconds=10)
"""A used refresh token that comes again within this time is a client's retry or a second tab; later it counts as theft."""


class Tokens(TypedDict):
    access_token: str
    refresh_token: str
    token_type: str


def tokens_of(session: Session) -> Tokens:
    """Return a new access token, and the only refresh token that is valid now."""
    return {
        "access_token": mint_access_token(session),
        "refresh_token": mint_refresh_token(session),
        "token_type": "bearer",
    }


@change()
def start_session(*, user: User) -> Session:
    """Start a session for a user whose credentials were checked."""
    return Session.objects.create(user=user)


def rotate_session(*, refresh_token: str) -> Tokens:
    """Exchange a refresh token for new tokens, once. Raises RefreshRefused.

    The refusal is raised outside the change: the reuse of an old token ends the session, and that must be committed
    although the answer is an error (G9).
    """
    try:
        session_id, refresh_id = read_refresh_token(refresh_token)
    except BadToken as error:
        raise RefreshRefused from error
    session = _succeed(session_id, refresh_id)
    if session is None:
        raise RefreshRefused
    return tokens_of(session)


@change()
def _succeed(session_id: uuid.UUID, refresh_id: uuid.UUID) -> Session | None:
    """Lock the session, check which of its tokens came, and rotate it or end it.

    If many requests come with the same token at once, the lock lets one find it in `refresh_id`. The others find it in
    `previous_id`, rotated a moment ago: they get no new token, and the session stays. The time since the rotation is
    measured by the database's clock, because clocks of servers differ.
    """
    session = lock(Session.objects.live()).filter(pk=session_id).select_related("user").first()
    if session is None:
        return None
    if refresh_id == session.refresh_id:
        session.previous_id, session.refresh_id, session.rotated_at = refresh_id, uuid.uuid4(), Now()
        session.save(update_fields=["previous_id", "refresh_id", "rotated_at"])
        return session
    if refresh_id != session.previous_id or not _rotated_just_now(session):
        end_session(session=session)
    return None


def _rotated_just_now(session: Session) -> bool:
    return Session.objects.filter(pk=session.pk, rotated_at__gte=Now() - REUSE_LEEWAY).exists()


@change()
def end_session(*, session: Session) -> None:
    """End a session: its tokens, its cookie and its sockets. Ending it twice changes nothing."""
    Session.objects.open().filter(pk=session.pk).end()


@change()
def end_all_sessions(*, user: User, but: Session | None = None) -> None:
    """End all sessions of the user, except `but`."""
    sessions = user.sessions.open()
    (sessions.exclude(pk=but.pk) if but else sessions).end()


def end_session_of(*, refresh_token: str) -> None:
    """End the session of a refresh token. Used tokens work too, and repeating it is no error."""
    try:
        session_id, _ = read_refresh_token(refresh_token)
    except BadToken as error:
        raise RefreshRefused from error
    with change():
        Session.objects.open().filter(pk=session_id).end()
