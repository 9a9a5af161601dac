"""Log-ins: started, renewed by rotating refresh tokens, ended. Those that are still valid are found in
accounts/queries/sessions.py.

start_session(*, user, device=None, opened_from=None) -> Session
tokens_of(session) -> Tokens
open_tokens(*, user, device, opened_from) -> Tokens
rotate_session(*, refresh_token) -> Tokens
end_session(*, session)                               Session's post_save notifies its sockets
end_own_session(*, user, session_id)
end_session_of(*, refresh_token)
end_all_sessions(*, user, but=None)                   API tokens stay valid
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TypedDict

from django.db.models.functions import Now
from django.utils import timezone

from accounts.access.tokens import BadToken, mint_access_token, mint_refresh_token, read_refresh_token
from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountActivity, Session, User
from accounts.refusals import RefreshRefused
from accounts.services.account_log import record_account
from accounts.services.mail import send_mail
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.limits.rate_limits import TOKENS_OF_A_PAGE, refuse_beyond

Kind = AccountActivity.Kind

REUSE_LEEWAY = timedelta(seconds=10)
"""A used refresh token that comes again within this time is a client's retry or a second tab: it gets the same pair again.
Later it counts as theft.
"""


class Tokens(TypedDict):
    access_token: str
    refresh_token: str
    token_type: str


def tokens_of(session: Session) -> Tokens:
    """Return the current pair. It is made from the session's row alone, so each call gives the same bytes."""
    return {
        "access_token": mint_access_token(session, session.issued_at),
        "refresh_token": mint_refresh_token(session, session.issued_at),
        "token_type": "bearer",
    }


@change()
def start_session(*, user: User, device: str | None = None, opened_from: Session | None = None) -> Session:
    """Start a session for a user whose credentials were checked.

    `device` is the name of the device (accounts/access/devices.py). The first session with that name is logged. It is None
    where nobody logs in from a device, as in the demo.
    """
    if device is not None and not user.sessions.filter(device=device).exists():
        record_account(user=user, kind=Kind.NEW_DEVICE, by=user, device=device)
    return Session.objects.create(user=user, device=device or "", opened_from=opened_from)


def open_tokens(*, user: User, device: str, opened_from: Session) -> Tokens:
    """Return tokens for a page of a log-in. They are of a session of their own, which ends with that log-in.

    If all pages shared its refresh tokens, one that comes back late would look like theft.
    """
    refuse_beyond(TOKENS_OF_A_PAGE, opened_from.pk)
    return tokens_of(start_session(user=user, device=device, opened_from=opened_from))


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
    """Lock the session, check which of its tokens came, and rotate it, leave it, or end it.

    If many requests come with the same token at once, the lock lets one find it in `refresh_id`. The others find it in
    `previous_id`, rotated a moment ago: they get the same successor. The time since the rotation is measured by the
    database's clock, because clocks of servers differ.
    """
    session = lock(Session.objects.live()).filter(pk=session_id).select_related("user").first()
    if session is None:
        return None
    if refresh_id == session.refresh_id:
        session.previous_id, session.refresh_id = refresh_id, uuid.uuid4()
        session.issued_at = session.last_used_at = timezone.now()
        session.rotated_at = Now()
        session.save(update_fields=["previous_id", "refresh_id", "issued_at", "rotated_at", "last_used_at"])
        return session
    if refresh_id == session.previous_id and _rotated_just_now(session):
        return session
    _end_stolen(session)
    return None


def _rotated_just_now(session: Session) -> bool:
    return Session.objects.filter(pk=session.pk, rotated_at__gte=Now() - REUSE_LEEWAY).exists()


def _end_stolen(session: Session) -> None:
    """End a session whose old refresh token was used, and tell its user: somebody else may have the tokens."""
    Session.objects.open().filter(pk=session.pk).end()
    record_account(user=session.user, kind=Kind.REFRESH_REUSED, by=None, device=session.device)
    send_mail(to=session.user, template="refresh_reused", kind=MailKind.SECURITY, device=session.device)


@change()
def end_session(*, session: Session) -> None:
    """End a session: its tokens, its cookie and its sockets. Ending it twice changes nothing."""
    _end(session.pk)


@change()
def end_own_session(*, user: User, session_id: uuid.UUID) -> None:
    """End a log-in of the user. Raises NotFound if it has ended, or is not a log-in of this user."""
    if not user.sessions.open().log_ins().filter(pk=session_id).exists():
        raise NotFound
    _end(session_id)


@change()
def end_all_sessions(*, user: User, but: Session | None = None) -> None:
    """End all log-ins of the user, except `but`. API tokens stay valid: each is revoked by itself."""
    ended = user.sessions.open().log_ins().end(but=but.pk if but else None)
    if ended:
        record_account(user=user, kind=Kind.SESSIONS_ENDED, by=user, sessions=len(ended))


def end_session_of(*, refresh_token: str) -> None:
    """End the session of a refresh token. Used tokens work too, and repeating it is no error."""
    try:
        session_id, _ = read_refresh_token(refresh_token)
    except BadToken as error:
        raise RefreshRefused from error
    with change():
        _end(session_id)


def _end(session_id: uuid.UUID) -> None:
    """End the session, and those that were opened from it. Only the first call adds a row to the account log."""
    ended = Session.objects.open().filter(pk=session_id).end()
    for session in ended:
        if session.pk == session_id:
            record_account(user=session.user, kind=Kind.SESSION_ENDED, by=session.user, device=session.device)
