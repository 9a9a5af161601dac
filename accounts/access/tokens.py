"""Access and refresh tokens: JWTs that name a session. Only this module imports simplejwt; it does not use the database.

    mint_access_token(session, at=None) -> str
    mint_refresh_token(session, at=None) -> str
    read_access_token(token) -> (user_id, session_id)       raises BadToken
    read_bearer(header) -> (user_id, session_id) or None
    read_refresh_token(token) -> (session_id, refresh_id)   raises BadToken

A valid token only proves that we issued it and that it has not expired. Whether its session is still alive is in the
database: see `session_alive` in `accounts/services/sessions.py`.
"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken, TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.models import Session


class BadToken(Exception):
    """The token was not issued by us, is of the wrong kind, or has expired."""


CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""How far ahead the clock of another server, or our own before it was corrected, may be. Tokens do not expire later."""


MOST = 2_000
"""Tokens that are remembered as verified, about 1 MiB."""

_BEARER = re.compile(r"bearer ([A-Za-z0-9_.-]+)", re.ASCII | re.IGNORECASE)


class _OneKey(TokenBackend):
    """Applies the leeway to the start of a token, but not to its expiry. PyJWT has a single leeway for both."""

    def __init__(self, key: str) -> None:
        super().__init__("HS256", key, leeway=CLOCKS_DIFFER_BY)

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        claims = super().decode(token, verify)
        if verify and int(claims.get("exp", 0)) <= time.time():
            raise TokenBackendExpiredToken("Token is expired")
        return claims


class _RotatedKeys(_OneKey):
    """Signs with the first secret and accepts older ones, so that changing the secret logs nobody out."""

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


def mint_access_token(session: Session, at: datetime | None = None) -> str:
    """Return an access token, valid for ACCESS_TOKEN_SECONDS while its session is alive.

    With the time at which it is issued, the same session gives the same token again, byte for byte.
    """
    token = _Access()
    if at is not None:
        token["jti"] = uuid.uuid5(session.refresh_id, "access").hex
    return _mint(token, session, at)


def mint_refresh_token(session: Session, at: datetime | None = None) -> str:
    """Return a refresh token, which can be exchanged once. Its `jti` is the session's current `refresh_id`."""
    token = _Refresh()
    token["jti"] = str(session.refresh_id)
    return _mint(token, session, at)


def read_access_token(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the ids of the user and the session in `token`."""
    digest = _verified.digest_of(token)
    known = _verified.find(digest)
    if known is None:
        claims = _read(_Access, token)
        issued, expires = int(claims.get("iat", 0)), int(claims["exp"])
        known = _Verified(_id(claims, "sub"), _id(claims, "sid"), issued, expires)
        _verified.keep(digest, known)
    return known.user_id, known.session_id


def read_bearer(header: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Return what `read_access_token` reads of an `Authorization` header. None for anything unusual or not valid."""
    found = _BEARER.fullmatch(header)
    try:
        return read_access_token(found[1]) if found else None
    except BadToken:
        return None


def read_refresh_token(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the id of the session, and the id of this refresh token."""
    claims = _read(_Refresh, token)
    return _id(claims, "sid"), _id(claims, "jti")


class _Verified(NamedTuple):
    user_id: uuid.UUID
    session_id: uuid.UUID
    issued: int
    expires: int

    @property
    def is_valid_now(self) -> bool:
        now = time.time()
        return self.issued <= now + CLOCKS_DIFFER_BY.total_seconds() and now < self.expires


class _VerifiedTokens:
    """Remembers which access tokens our secrets have signed. Clients send the same one for an hour.

    It holds digests, because tokens give access. Times are compared at each look-up, and other secrets find nothing.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[bytes, _Verified] = OrderedDict()

    def digest_of(self, token: str) -> bytes:
        named = (settings.JWT_SECRET_KEY, *settings.JWT_SECRET_KEY_FALLBACKS, token)
        return hashlib.sha256("\0".join(named).encode(errors="surrogatepass")).digest()

    def find(self, digest: bytes) -> _Verified | None:
        with self._lock:
            known = self._kept.get(digest)
            if known is None:
                return None
            if not known.is_valid_now:
                del self._kept[digest]
                return None
            self._kept.move_to_end(digest)
            return known

    def keep(self, digest: bytes, verified: _Verified) -> None:
        with self._lock:
            self._kept[digest] = verified
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


_verified = _VerifiedTokens()


def _mint(token: Token, session: Session, at: datetime | None) -> str:
    if at is not None:
        token.set_exp(from_time=at)
        token.set_iat(at_time=at)
    token["sub"] = str(session.user_id)
    token["sid"] = str(session.pk)
    return str(token)


def _read(kind: type[Token], token: str) -> Token:
    try:
        return kind(token)  # type: ignore[arg-type]  # simplejwt annotates an encoded token as a Token
    except (
        TokenError,
        ValueError,
    ) as error:  # ValueError: text that cannot be encoded, such as a lone surrogate
        raise BadToken from error


def _id(claims: Token, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(claims[name]))
    except (KeyError, ValueError) as error:
        raise BadToken from error
