"""Signal receivers of exchanges."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from exchanges.services.leaving import leave_all_exchanges


def on_person_removed(sender: Any, user: User, **_: Any) -> None:
    """Leave all exchanges, in the transaction that removes the account."""
    leave_all_exchanges(user=user)
