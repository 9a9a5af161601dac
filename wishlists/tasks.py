"""Periodic tasks of lists."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.schedule import every
from wishlists.services.lapsing import lapse_due_reservations, nudge_due_givers, start_terms
from wishlists.services.lists.reveal import reveal_due_wishlists
from wishlists.services.money.collecting import end_due_collections
from wishlists.services.waitlisting import serve_lines


@every(timedelta(seconds=30), name="reveal")
def reveal() -> None:
    """Reveal lists within half a minute of their date."""
    reveal_due_wishlists()


@every(timedelta(seconds=30), name="deadlines of collections")
def end_collections() -> None:
    """End collections within half a minute of their deadline."""
    end_due_collections()


@every(timedelta(seconds=30), name="lapses")
def lapse() -> None:
    """Release reservations that were not bought in time and offers that were not accepted within a day, within half a
    minute. The next giver in line gets the unit.
    """
    lapse_due_reservations()


@every(timedelta(minutes=5), name="reminders of lapses")
def nudge() -> None:
    """Remind givers before their reservation lapses. First, give reservations their full term if the list has just
    started to limit it.
    """
    start_terms()
    nudge_due_givers()


@every(timedelta(minutes=5), name="lines")
def serve() -> None:
    """Offer free units to the waitlist. Services that free a unit offer it at once; this finds units that became free
    in another way.
    """
    serve_lines()
