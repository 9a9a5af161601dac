"""Cheap password hashes for the tests of this app. test_hashing.py tests the real cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.hashers import make_password

from accounts.access.hashing import BoundedArgon2PasswordHasher

PASSWORD = "correct horse battery"


@contextmanager
def light() -> Iterator[None]:
    """Use the same hasher with the minimal cost of Argon2."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BoundedArgon2PasswordHasher, "time_cost", 1)
        patch.setattr(BoundedArgon2PasswordHasher, "memory_cost", 8)
        yield


@pytest.fixture(autouse=True)
def hashing_is_light() -> Iterator[None]:
    with light():
        yield


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The password hash of the test users, with the same cost. Otherwise each log-in would replace it."""
    with light():
        return make_password(PASSWORD)
