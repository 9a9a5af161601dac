"""Personal API tokens: made, listed and revoked by people who log in.

make_api_token(*, user, name, scopes, expires_at) -> (ApiToken, secret)
revoke_api_token(*, user, token_id)
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

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
def revoke_api_token(*, user: User, token_id: uuid.UUID) -> None:
    """Revoke a token: the next request with it is refused, and its sockets close. Raises NotFound if there is none."""
    token = api_tokens_of(user).filter(pk=token_id).first()
    if token is None or not Session.objects.open().filter(pk=token.session_id).end():
        raise NotFound
    record_account(user=user, kind=Kind.TOKEN_REVOKED, by=user, scopes=token.session.scopes)
