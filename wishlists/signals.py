"""Facts that floors above want to hear of. They are sent inside the change, so what follows commits with it."""

from __future__ import annotations

from django.dispatch import Signal

guest_concerned = Signal()
"""Something that `guest: Guest`, who has no inbox, would want to know: `kind` as notifications call it, and `item` or
None, where it is about their list. `until`: when it ends, where it does."""
