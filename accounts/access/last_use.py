"""Which sessions were used, in memory. A thread writes it down (accounts/services/last_use.py), so that no request that
reads has to write, or to wait for another one that does.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from uuid import UUID

from django.utils import timezone

from accounts.models import Session

AT_MOST_EVERY = timedelta(minutes=1)
"""The last use of a session is written at most this often."""

_lock = Lock()
_used: set[UUID] = set()


def note_use(session: Session) -> None:
    """Note that this session was used now, unless a use within the last minute is already written."""
    written = session.last_used_at
    if written is None or timezone.now() - written >= AT_MOST_EVERY:
        note_use_of(session.pk)


def note_use_of(session_id: UUID) -> None:
    """Note that the session with this id was used now."""
    with _lock:
        _used.add(session_id)


def take_uses() -> set[UUID]:
    """Return the sessions that were noted, and forget them."""
    with _lock:
        taken = set(_used)
        _used.clear()
        return taken
