"""Password hashing is bounded: a few hashes at once, some wait, and others are refused."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.access import hashing
from accounts.access.hashing import BoundedArgon2PasswordHasher, _HashingLimit
from accounts.refusals import TooBusy
from tests.support.api_clients import Api


@pytest.fixture(autouse=True)
def hashing_is_light() -> None:
    """Override the fixture of accounts' tests: these tests need the real cost."""


@pytest.mark.once
def test_two_hash_three_wait_and_others_are_refused() -> None:
    limit, leave = _HashingLimit(2, 3), threading.Event()
    inside, refused = threading.Semaphore(0), threading.Semaphore(0)

    def come(_number: int) -> str:
        try:
            with limit.turn():
                inside.release()
                leave.wait(10)
                return "in"
        except TooBusy:
            refused.release()
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(come, range(8))
        assert all(inside.acquire(timeout=10) for _ in range(2))
        assert all(refused.acquire(timeout=10) for _ in range(3))
        assert not inside.acquire(blocking=False)
        leave.set()
    assert sorted(answers) == ["in"] * 5 + ["refused"] * 3


def test_hashes_are_compatible_with_django() -> None:
    hasher = BoundedArgon2PasswordHasher()
    encoded = hasher.encode("secret", hasher.salt())
    assert encoded.startswith("argon2$argon2id$")
    theirs = Argon2PasswordHasher()
    assert (hasher.time_cost, hasher.memory_cost) == (theirs.time_cost, theirs.memory_cost)
    assert f"$m={theirs.memory_cost},t={theirs.time_cost},p=1$" in encoded
    assert hasher.verify("secret", encoded)
    assert not hasher.verify("other", encoded)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
@pytest.mark.once
def test_only_hashing_threads_have_a_lower_priority() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert hashing._threads.submit(priority).result() == min(19, priority() + 5)


def test_log_in_beyond_the_limit_gets_503_with_retry_after(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.access.hashing._limit._places.acquire", lambda blocking: False)
    answer = api("POST", "/auth/login", {"email": "nobody@example.com", "password": "whatever"})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "too_busy", "3")
