"""Periodic jobs of streams."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.schedule import every
from realtime.log.retention import prune_events


@every(timedelta(hours=1), name="prune events", is_upkeep=True)
def prune() -> None:
    """Delete old events. Streams keep a week and ten thousand events, and at most an hour more."""
    prune_events()
