"""What the lists do when accounts say that a person is gone, and when a change was refused."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from core.errors.refusals import Refusal
from wishlists.services.denials import record_denial
from wishlists.services.leaving import withdraw_person


def on_person_removed(sender: Any, user: User, **_: Any) -> None:
    """Inside the change that removes the account: both happen, or neither."""
    withdraw_person(user=user)


def on_change_refused(sender: Any, error: Refusal, **_: Any) -> None:
    """After everything that was refused is undone."""
    record_denial(code=error.default_code, asked=error.asked or {})
