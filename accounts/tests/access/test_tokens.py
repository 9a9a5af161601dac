"""Tokens name a session, and only tokens issued by us are valid."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from accounts.access import tokens
from accounts.access.tokens import (
    BadToken,
    mint_access_token,
    mint_refresh_token,
    read_access_token,
    read_bearer,
    read_refresh_token,
)
from accounts.models import Session, User
from accounts.services.sessions import start_session


@pytest.fixture
def session(alice: User) -> Session:
    return start_session(user=alice)


def test_issued_tokens_can_be_read(session: Session) -> None:
    assert read_access_token(mint_access_token(session)) == (session.user_id, session.pk)
    assert read_refresh_token(mint_refresh_token(session)) == (session.pk, session.refresh_id)


def test_access_token_has_these_claims(session: Session, settings: Settings) -> None:
    claims = jwt.decode(mint_access_token(session), settings.JWT_SECRET_KEY, algorithms=["HS256"])
    assert claims == {
        "typ": "access",
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "jti": claims["jti"],
        "iat": claims["iat"],
        "exp": claims["iat"] + settings.ACCESS_TOKEN_SECONDS,
    }


def test_access_and_refresh_tokens_are_not_interchangeable(session: Session) -> None:
    with pytest.raises(BadToken):
        read_refresh_token(mint_access_token(session))
    with pytest.raises(BadToken):
        read_access_token(mint_refresh_token(session))


def test_access_token_expires(session: Session, settings: Settings) -> None:
    token = mint_access_token(session)
    later = timezone.now() + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS + 1)
    with time_machine.travel(later), pytest.raises(BadToken):
        read_access_token(token)


@pytest.mark.parametrize(("ahead", "reads"), [(1, True), (2, True), (58, True), (63, False)])
@pytest.mark.parametrize("key", ["now", "before"])
def test_token_of_a_server_with_a_fast_clock_is_valid(
    session: Session, settings: Settings, ahead: int, reads: bool, key: str
) -> None:
    """Our own clock may also have been set back since then."""
    with time_machine.travel(timezone.now() + timedelta(seconds=ahead), tick=False):
        access, refresh = mint_access_token(session), mint_refresh_token(session)
    if key == "before":
        settings.JWT_SECRET_KEY_FALLBACKS = [settings.JWT_SECRET_KEY]
        settings.JWT_SECRET_KEY = "another secret, as long as it has to be"
    for read, token in ((read_access_token, access), (read_refresh_token, refresh)):
        if reads:
            read(token)
        else:
            with pytest.raises(BadToken):
                read(token)


@pytest.mark.parametrize(("claim", "seconds", "reads"), [
    ("nbf", 50, True), ("nbf", 90, False), ("iat", 50, True), ("iat", 90, False),
    ("exp", 0, False), ("exp", -1, False), ("exp", -30, False), ("exp", 30, True),
])  # fmt: skip
@pytest.mark.parametrize("key", ["now", "before"])
def test_leeway_applies_to_the_start_and_not_to_the_expiry(
    session: Session, settings: Settings, claim: str, seconds: int, reads: bool, key: str
) -> None:
    claims = jwt.decode(mint_access_token(session), settings.JWT_SECRET_KEY, algorithms=["HS256"])
    with time_machine.travel(timezone.now(), tick=False):
        moved = claims | {claim: int(timezone.now().timestamp()) + seconds}
        token = jwt.encode(moved, settings.JWT_SECRET_KEY, algorithm="HS256")
        if key == "before":
            settings.JWT_SECRET_KEY_FALLBACKS = [settings.JWT_SECRET_KEY]
            settings.JWT_SECRET_KEY = "another secret, as long as it has to be"
        if reads:
            read_access_token(token)
        else:
            with pytest.raises(BadToken):
                read_access_token(token)


def test_token_that_was_read_before_expires_and_waits_for_its_start(session: Session) -> None:
    """Tokens that were verified are remembered, but not for longer than they are valid."""
    now = timezone.now()
    token = mint_access_token(session)
    for seconds, reads in ((0, True), (3599, True), (3601, False), (1, True), (-70, False), (0, True)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            if reads:
                assert read_access_token(token) == (session.user_id, session.pk)
            else:
                with pytest.raises(BadToken):
                    read_access_token(token)


def test_token_that_was_read_before_is_refused_when_its_secret_is_gone(
    session: Session, settings: Settings
) -> None:
    token = mint_access_token(session)
    assert read_access_token(token)
    settings.JWT_SECRET_KEY = "another secret, as long as it has to be"
    with pytest.raises(BadToken):
        read_access_token(token)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer  {}", "Bearer {} ", "Basic {}", "Bearer {},x", "Bearer {}é"]
)
def test_unusual_headers_are_read_as_no_bearer(header: str, session: Session) -> None:
    token = mint_access_token(session)
    assert read_bearer(f"bearer {token}") == (session.user_id, session.pk)
    assert read_bearer(header.format(token)) is None


def test_control_token_of_a_fast_clock_is_refused_without_leeway(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "CLOCKS_DIFFER_BY", timedelta(0))
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        token = mint_access_token(session)
    with pytest.raises(BadToken):
        read_access_token(token)


def test_token_without_expiry_is_refused(session: Session, settings: Settings) -> None:
    claims = jwt.decode(mint_access_token(session), settings.JWT_SECRET_KEY, algorithms=["HS256"])
    del claims["exp"]
    with pytest.raises(BadToken):
        read_access_token(jwt.encode(claims, settings.JWT_SECRET_KEY, algorithm="HS256"))


def test_older_secret_verifies_but_does_not_sign(session: Session, settings: Settings) -> None:
    token, old = mint_access_token(session), settings.JWT_SECRET_KEY
    settings.JWT_SECRET_KEY = "another secret, as long as it has to be"
    with pytest.raises(BadToken):
        read_access_token(token)
    settings.JWT_SECRET_KEY_FALLBACKS = [old]
    assert read_access_token(token) == (session.user_id, session.pk)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(mint_access_token(session), old, algorithms=["HS256"])


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "é", "\ud800", "ey" * 9000, "...", "null"])
def test_garbage_is_refused(garbage: str) -> None:
    with pytest.raises(BadToken):
        read_access_token(garbage)


def test_unsigned_token_is_refused(session: Session) -> None:
    claims = jwt.decode(mint_access_token(session), options={"verify_signature": False})
    with pytest.raises(BadToken):
        read_access_token(jwt.encode(claims, "", algorithm="none"))


@pytest.mark.parametrize("claims", [{}, {"sub": 1, "sid": None}, {"sub": "x", "sid": "y"}])
def test_signed_token_without_ids_is_refused(claims: dict[str, object], settings: Settings) -> None:
    soon = timezone.now() + timedelta(hours=1)
    whole = {"typ": "access", "jti": "1", "exp": soon, **claims}
    with pytest.raises(BadToken):
        read_access_token(jwt.encode(whole, settings.JWT_SECRET_KEY, algorithm="HS256"))
