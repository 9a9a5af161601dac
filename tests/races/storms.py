"""Let many people act at the same moment."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from accounts.models import User
from wishlists.models import Member, Wishlist

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def until_somebody_waits_for_a_lock(*, unless: Callable[[], bool] = lambda: False) -> None:
    """Return when a statement waits, or `unless` is true. PostgreSQL caches the statistics of its sessions within a
    transaction, so drop them before each look.
    """
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0] or unless():
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def let_in(wishlist: Wishlist, number: int) -> list[User]:
    """Create this many people who may give on the list."""
    made = [User(email=f"{n}@example.org", display_name=f"Giver {n}") for n in range(number)]
    givers = User.objects.bulk_create(made)
    Member.objects.bulk_create([Member(wishlist=wishlist, user=giver, role="viewer") for giver in givers])
    return givers


def all_at_once(act: Callable[[int], int], number: int) -> Counter[int]:
    """Start everybody at the same moment, and count the statuses that they get."""
    start = threading.Barrier(number)

    def begin(index: int) -> int:
        start.wait(timeout=30)
        return act(index)

    with ThreadPoolExecutor(number) as threads:
        return Counter(threads.map(begin, range(number)))
