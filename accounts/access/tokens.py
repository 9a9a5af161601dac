"""Access and refresh tokens: JWTs that name a session. The only importer of simplejwt, and no database here.

    mint_access_token(session) -> str
    mint_refresh_token(session) -> str
    read_access_token(token) -> (user_id, session_id)       raises BadToken
    read_refresh_token(token) -> (session_id, refresh_id)   raises BadToken

A token that reads well proves only that we minted it and that it has not expired. Whether its session still
opens doors is asked of the database: `session_alive` in `accounts/services/sessions.py`.
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken, TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.models import Session


class BadToken(Exception):
    """Not a token of ours, of the wrong kind, or expired."""


CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""As much as the clock of another server, or ours of a moment ago, may be ahead. A token ends no later for that."""


class _OneKey(TokenBackend):
    """Lets tokens begin a little in the future, and lets none go on after its end: PyJWT knows one leeway for both."""

    def __init__(self, key: str) -> None:
        super().__init__("HS256", key, leeway=CLOCKS_DIFFER_BY)

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        claims = super().decode(token, verify)
        if verify and int(claims.get("exp", 0)) <= time.time():
            raise TokenBackendExpiredToken("Token is expired")
        return claims


class _RotatedKeys(_OneKey):
    """Signs with the first secret and accepts any, so that the secret can be changed without logging people out."""

    def __init__(self) -> None:
        super().__init__(settings.JWT_SECRET_KEY)
        self._older = [_OneKey(key) for key in settings.JWT_SECRET_KEY_FALLBACKS]

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            return super().decode(token, verify)
        except TokenBackendError:
            for backend in self._older:
                try:
                    return backend.decode(token, verify)
                except TokenBackendError:
                    continue
            raise


class _Access(AccessToken):
    def get_token_backend(self) -> TokenBackend:
        return _RotatedKeys()


class _Refresh(RefreshToken):
    def get_token_backend(self) -> TokenBackend:
        return _RotatedKeys()


def mint_access_token(session: Session) -> str:
    """Opens doors for an hour or so, while the session lives."""
    return _mint(_Access(), session)


def mint_refresh_token(session: Session) -> str:
    """Buys one successor. Its `jti` is the session's `refresh_id` at this moment."""
    token = _Refresh()
    token["jti"] = str(session.refresh_id)
    return _mint(token, session)


def read_access_token(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The ids of the user and the session that `token` names."""
    claims = _read(_Access, token)
    return _id(claims, "sub"), _id(claims, "sid")


def read_refresh_token(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The id of the session, and which of its refresh tokens this is."""
    claims = _read(_Refresh, token)
    return _id(claims, "sid"), _id(claims, "jti")


def _mint(token: Token, session: Session) -> str:
    token["sub"] = str(session.user_id)
    token["sid"] = str(session.pk)
    return str(token)


def _read(kind: type[Token], token: str) -> Token:
    try:
        return kind(token)  # type: ignore[arg-type]  # simplejwt annotates an encoded token as a Token
    except (
        TokenError,
        ValueError,
    ) as error:  # ValueError: text that no encoding takes, such as a lone surrogate
        raise BadToken from error


def _id(claims: Token, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(claims[name]))
    except (KeyError, ValueError) as error:
        raise BadToken from error
