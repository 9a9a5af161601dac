"""Password hashing with a limit on concurrent hashes, so that many log-ins at once do not overload the machine.

One Argon2 hash takes 100 MiB and a tenth of a second of a core. A process computes `AT_ONCE` hashes at a time,
lets `WAITING` more wait, and refuses the rest with 503.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.refusals import TooBusy

AT_ONCE = 2
WAITING = 64


class _HashingLimit:
    """Lets `at_once` threads in and `waiting` more wait, and refuses others with TooBusy."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._inside = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise TooBusy
        try:
            with self._inside:
                yield
        finally:
            self._places.release()


_limit = _HashingLimit(AT_ONCE, WAITING)


def _stand_back() -> None:
    """Lower the priority of this thread. Only Linux has priorities per thread; elsewhere nothing is done."""
    if sys.platform == "linux":
        os.setpriority(
            os.PRIO_PROCESS, threading.get_native_id(), min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)
        )


_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hashing", initializer=_stand_back)


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Django's Argon2, a few at a time, each in one thread with a lower priority (docs/adr/0005-log-ins-yield-to-sockets.md).

    With Django's parallelism of eight, two log-ins would be sixteen threads that compete with the sockets for the cores.
    The work is the same, and each hasher can verify hashes of the other.
    """

    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _limit.turn():
            return _threads.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        with _limit.turn():
            return _threads.submit(super().verify, password, encoded).result()
