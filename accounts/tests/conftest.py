"""What only the tests of this app need: hashes that cost next to nothing. What they cost is tested in test_hashing.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.hashers import make_password

from accounts.access.hashing import BoundedArgon2PasswordHasher

PASSWORD = "correct horse battery"


@contextmanager
def light() -> Iterator[None]:
    """The same hasher, with as little work as Argon2 knows."""
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
    """The cast's, as light as the hasher, which would else renew it at each log-in."""
    with light():
        return make_password(PASSWORD)
