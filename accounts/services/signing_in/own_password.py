"""Check the password of somebody who is logged in, before a change that a borrowed device must not allow."""

from __future__ import annotations

from accounts.models import User
from accounts.services.people import check_current_password


def require_own_password(*, user: User, password: str) -> None:
    """Raise WrongPassword if this isn't the user's password. Accounts without a password pass."""
    if user.has_usable_password():
        check_current_password(user=user, password=password)
