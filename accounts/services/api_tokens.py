"""Personal API tokens: made, listed and revoked by people who log in.

make_api_token(*, user, name, scopes, expires_at) -> (ApiToken, secret)
renew_unseen_secret(*, user, token_id) -> (ApiToken, secret or None)
revoke_api_token(*, user, token_id)
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.access.api_tokens import digest_of, new_secret
from accounts.access.scopes import Scope
from accounts.models import AccountActivity, ApiToken, Session, User
from accounts.queries.api_tokens import api_tokens_of
from accounts.refusals import TooManyTokens
from accounts.services.account_log import record_account
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.limits.rate_limits import API_TOKENS, refuse_beyond

Kind = AccountActivity.Kind

MOST = 50
"""Valid tokens of one user."""

UNSEEN_FOR = timedelta(minutes=1)
"""How long after a token was made its form may have been sent twice by accident."""


def make_api_token(
    *, user: User, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token. The secret is returned here and kept nowhere."""
    refuse_beyond(API_TOKENS, user.pk)
    return _make(user, name, sorted(scopes), expires_at)


@change()
def _make(user: User, name: str, scopes: list[Scope], expires_at: datetime | None) -> tuple[ApiToken, str]:
    lock(User.objects.filter(pk=user.pk)).get()
    if api_tokens_of(user).count() >= MOST:
        raise TooManyTokens
    secret = new_secret()
    session = Session.objects.create(user=user, scopes=scopes, last_used_at=None, expires_at=expires_at)
    token = ApiToken.objects.create(session=session, name=name, digest=digest_of(secret))
    record_account(user=user, kind=Kind.TOKEN_MADE, by=user, scopes=scopes)
    return token, secret


@change()
def renew_unseen_secret(*, user: User, token_id: uuid.UUID) -> tuple[ApiToken, str | None]:
    """Return the token with a new secret, if it was made a moment ago and never used: the user has not seen the first one.

    Otherwise the secret is None, and the token stays as it is. Raises NotFound if it is not a valid token of this user.
    """
    token = lock(api_tokens_of(user).filter(pk=token_id)).first()
    if token is None:
        raise NotFound
    is_unseen = token.session.last_used_at is None and timezone.now() - token.session.created_at < UNSEEN_FOR
    if not is_unseen:
        return token, None
    secret = new_secret()
    token.digest = digest_of(secret)
    token.save(update_fields=["digest"])
    return token, secret


@change()
def revoke_api_token(*, user: User, token_id: uuid.UUID) -> None:
    """Revoke a token: the next request with it is refused, and its sockets close. Raises NotFound if there is none."""
    token = api_tokens_of(user).filter(pk=token_id).first()
    if token is None or not Session.objects.open().filter(pk=token.session_id).end():
        raise NotFound
    record_account(user=user, kind=Kind.TOKEN_REVOKED, by=user, scopes=token.session.scopes)
