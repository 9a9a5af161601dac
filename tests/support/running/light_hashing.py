"""As little work as Argon2 knows, for a server to which a test registers dozens of people."""

from __future__ import annotations

from accounts.access.hashing import BoundedArgon2PasswordHasher


class LightHasher(BoundedArgon2PasswordHasher):
    """What a hash costs in earnest is tested in accounts/tests/access/test_hashing.py."""

    time_cost, memory_cost = 1, 8
