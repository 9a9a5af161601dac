"""A hasher with the minimal cost of Argon2, for a server at which a test registers dozens of users."""

from __future__ import annotations

from accounts.access.hashing import BoundedArgon2PasswordHasher


class LightHasher(BoundedArgon2PasswordHasher):
    """The real cost of hashes is tested in accounts/tests/access/test_hashing.py."""

    time_cost, memory_cost = 1, 8
