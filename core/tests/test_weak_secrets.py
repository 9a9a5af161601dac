"""Weak secrets are recognised, and random ones never."""

from __future__ import annotations

import secrets

import pytest

from core.weak_secrets import weakness


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "a" * 31,
        "a" * 64,
        "abcabc" * 10,
        "correct horse battery staple " * 2,
        "django-insecure-8f!k2#x9q$w7e@r5t^y3u&i1o*p0",
        "please-CHANGE-ME-before-you-go-to-production",
        "your_secret_key_goes_here_and_it_is_a_long_one",
        "0123456789abcdef0123456789abcdefx",
        "development-only-not-a-secret-jwt-0123456789-abcdefghij",
    ],
)
def test_weak_secret_is_recognised(secret: str) -> None:
    assert weakness(secret)


@pytest.mark.parametrize("length", [24, 32, 50])
def test_random_secrets_are_accepted(length: int) -> None:
    for make in (secrets.token_urlsafe, secrets.token_hex):
        assert [weakness(make(length)) for _time in range(500)] == [None] * 500
