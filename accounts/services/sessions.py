"""Log-ins: started, renewed by rotating refresh tokens, ended. Those that still open doors are found in
accounts/queries/sessions.py.

start_session(*, user) -> Session
tokens_of(session) -> Tokens
rotate_session(*, refresh_token) -> Tokens
end_session(*, session)                               its sockets hear of it through Session's post_save
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
"""A refresh token that comes again this soon is a client's retry or its second tab; later it is taken for theft."""


class Tokens(TypedDict):
    access_token: str
    refresh_token: str
    token_type: str


def tokens_of(session: Session) -> Tokens:
    """A fresh access token, and the one refresh token that this session honours next."""
    return {
        "access_token": mint_access_token(session),
        "refresh_token": mint_refresh_token(session),
        "token_type": "bearer",
    }


@change()
def start_session(*, user: User) -> Session:
    """Somebody proved who they are."""
    return Session.objects.create(user=user)


def rotate_session(*, refresh_token: str) -> Tokens:
    """Spend a refresh token for its one successor, or refuse.

    Refusing happens outside the change: the reuse of an old token ends its whole family, and that must be
    committed although the answer is an error (G9).
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
    """Lock the family, look which of its tokens came, and write.

    Of many that come with the same token at once, the lock lets one find itself in `refresh_id`. The others find
    themselves in `previous_id`, rotated a moment ago: no successor, and the family stays. How long ago is told by the
    database's clock, as those of servers differ.
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
    """Close every door that this log-in opened: its tokens, its cookie, its sockets. Ending twice changes nothing."""
    Session.objects.open().filter(pk=session.pk).end()


@change()
def end_all_sessions(*, user: User, but: Session | None = None) -> None:
    """Log out everywhere, or everywhere else."""
    sessions = user.sessions.open()
    (sessions.exclude(pk=but.pk) if but else sessions).end()


def end_session_of(*, refresh_token: str) -> None:
    """Log out. Any token of the family may, the spent ones too, and again and again."""
    try:
        session_id, _ = read_refresh_token(refresh_token)
    except BadToken as error:
        raise RefreshRefused from error
    with change():
        Session.objects.open().filter(pk=session_id).end()
