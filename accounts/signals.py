"""Signals for the apps above. They are sent inside the change, so that receivers commit or roll back with it."""

from __future__ import annotations

from django.dispatch import Signal

address_verified = Signal()
"""Sent with `user: User` once their address is verified: what was addressed to it before now counts."""

account_recovered = Signal()
"""Sent with `user: User` when the owner of an address that was never verified takes the account back.

Receivers remove whatever somebody else may have added to get into the account.
"""

person_removed = Signal()
"""Sent with `user: User` before the row loses its name. Receivers withdraw the user's lists and reservations."""

group_changed = Signal()
"""Sent with `groups: list[Group]`, `user_ids: set[UUID]` and `by: User` after these people joined or left the groups. The
groups are locked. Receivers update what is shared with them.
"""

notified = Signal()
"""Sent with `kind: str` and `notifications: list[Notification]` when people are notified. Rows that were updated, and not
created, come with `updated: set[UUID]`, their keys. Receivers tell the people on other channels than the inbox.
"""
