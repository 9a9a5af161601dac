"""Signals for apps that build on this one. They are sent inside the transaction, so what receivers write commits with
it.
"""

from __future__ import annotations

from django.dispatch import Signal

guest_concerned = Signal()
"""Something happened that a guest, who has no inbox, wants to know.

Arguments: `guest`; `kind`, as notifications call it; `item`, or None if it is about the whole list; `until`, when it
ends, if it does.
"""
