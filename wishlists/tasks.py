"""What the lists need done every so often."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.schedule import every
from wishlists.services.lapsing import lapse_due_reservations, nudge_due_givers, start_terms
from wishlists.services.lists.reveal import reveal_due_wishlists
from wishlists.services.money.collecting import end_due_collections
from wishlists.services.waitlisting import serve_lines


@every(timedelta(seconds=30), name="reveal")
def reveal() -> None:
    """A secret ends within half a minute of its date."""
    reveal_due_wishlists()


@every(timedelta(seconds=30), name="deadlines of collections")
def end_collections() -> None:
    """A collection ends within half a minute of its deadline."""
    end_due_collections()


@every(timedelta(seconds=30), name="lapses")
def lapse() -> None:
    """What nobody bought in time, or took up in a day, is free within half a minute, and the next in line has it."""
    lapse_due_reservations()


@every(timedelta(minutes=5), name="reminders of lapses")
def nudge() -> None:
    """Before that, a reminder. First of all, lists that have only begun to ask for it give everybody all of their days."""
    start_terms()
    nudge_due_givers()


@every(timedelta(minutes=5), name="lines")
def serve() -> None:
    """Whoever frees a unit offers it; this is for units that came free in another way."""
    serve_lines()
