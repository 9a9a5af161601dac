"""Signal receivers of people."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from people.services.forgetting import forget_people_of


def on_person_removed(sender: Any, user: User, **_: Any) -> None:
    """Delete what the user noted, in the transaction that removes the account."""
    forget_people_of(user=user)
