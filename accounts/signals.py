"""Signals for the apps above. They are sent inside the change, so that receivers commit or roll back with it."""

from __future__ import annotations

from django.dispatch import Signal

person_removed = Signal()
"""Sent with `user: User` before the row loses its name. Receivers withdraw the user's lists and reservations."""
