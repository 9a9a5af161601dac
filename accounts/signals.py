"""Facts that floors above want to hear of. They are sent inside the change, so what follows commits with it."""

from __future__ import annotations

from django.dispatch import Signal

person_removed = Signal()
"""`user: User` leaves for good. Sent while the row still carries their name; what they own and promised goes too."""
