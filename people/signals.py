"""Signals for the apps above. They are sent inside the change, so that receivers commit or roll back with it."""

from __future__ import annotations

from django.dispatch import Signal

person_linked = Signal()
"""Sent with `person: Person`, locked, and `by: User`, once an account is known to be this person's.

Lists that are for this person become lists for the account.
"""

person_renamed = Signal()
"""Sent with `person: Person`, locked, `old: str`, their name before, and `by: User`."""
