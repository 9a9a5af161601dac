"""Write down when sessions were last used, and end those that nobody can continue."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, connection
from django.db.models import Q
from django.db.models.functions import Now

from accounts.access.last_use import AT_MOST_EVERY, take_uses
from accounts.models import Session
from core.db.change import change

logger = logging.getLogger(__name__)

WRITE_SECONDS = 5
"""Seconds between two writes of one process."""


def write_uses() -> int:
    """Write down the noted uses, in one statement, and those of the log-ins that the sessions were opened from.

    Uses within a minute of what is written are left out. Return how many sessions that were.
    """
    used = take_uses()
    if not used:
        return 0
    opened_from = Session.objects.filter(pk__in=used).values("opened_from")
    stale = Q(last_used_at=None) | Q(last_used_at__lte=Now() - AT_MOST_EVERY)
    with change():
        return Session.objects.filter(stale, Q(pk__in=used) | Q(pk__in=opened_from)).update(
            last_used_at=Now()
        )


def keep_writing_uses() -> None:
    """Write uses for as long as the process runs. What cannot be written is noted again with the next request."""
    while True:
        time.sleep(WRITE_SECONDS)
        try:
            write_uses()
        except DatabaseError as error:
            logger.info("When sessions were last used is not written now: %s", error)
        finally:
            connection.close()


@change()
def end_unused_sessions() -> int:
    """End log-ins whose cookies and refresh tokens have expired, so that none is open for ever."""
    return len(Session.objects.unused().end())
