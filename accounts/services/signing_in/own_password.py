"""Check the password of somebody who is logged in, before a change that a borrowed device must not allow."""

from __future__ import annotations

from accounts.models import User
from accounts.refusals import WrongPassword
from core.limits.rate_limits import PASSWORD_GUESSES, clear, refuse_beyond


def require_own_password(*, user: User, password: str) -> None:
    """Raise WrongPassword if this isn't the user's password. Accounts without a password pass."""
    if not user.has_usable_password():
        return
    refuse_beyond(PASSWORD_GUESSES, user.pk)
    if not user.check_password(password):
        raise WrongPassword
    clear(PASSWORD_GUESSES, user.pk)
