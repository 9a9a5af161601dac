"""What the streams need done every so often."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.schedule import every
from realtime.log.retention import prune_events


@every(timedelta(hours=1), name="prune events", is_upkeep=True)
def prune() -> None:
    """Streams keep a week, and ten thousand events, and an hour more at most."""
    prune_events()
