"""Periodic tasks of people."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.schedule import every
from people.services.forgetting import forget_removed_people
from people.services.reminders import remind_of_birthdays


@every(timedelta(minutes=30), name="birthdays")
def remind() -> None:
    """Remind of birthdays within half an hour of the start of the day."""
    remind_of_birthdays()


@every(timedelta(days=1), name="forget removed people", is_upkeep=True)
def forget() -> None:
    """Delete people who were removed 30 days ago."""
    forget_removed_people()
