"""Sign people in. Every way of signing in ends here, so that each one leaves a row in the account log.

sign_in(*, user, method) -> Session
ask_for_log_in_code(*, email, network)
check_log_in_code(*, email, code, origin) -> User
"""

from __future__ import annotations

from enum import StrEnum

from accounts.access.known_devices import Origin
from accounts.models import AccountActivity, OneTimeCode, Session, User
from accounts.refusals import CodeExpired, WrongCredentials
from accounts.services.account_log import record_account
from accounts.services.sessions import start_session
from accounts.services.signing_in.code_limits import limit_codes, limit_guesses
from accounts.services.signing_in.one_time_codes import check_code, holder_of, mail_code_to, use_code
from accounts.services.signing_in.second_factors import require_second_factor
from core.db.change import change, lock


class Method(StrEnum):
    """How somebody proved who they are. It is stored in the account log."""

    PASSWORD = "password"  # noqa: S105 - not a password
    REGISTRATION = "registration"
    CODE = "code"
    PASSKEY = "passkey"
    PROVIDER = "provider"
    DEMO = "demo"


@change()
def sign_in(*, user: User, method: Method, device: str, **detail: str) -> Session:
    """Start a session for a user whose credentials were checked. Raises WrongCredentials if the account was closed.

    The row is locked: a deactivation at the same time either comes first, or ends this session.
    """
    current = lock(User.objects.filter(pk=user.pk)).get()
    if not current.may_log_in:
        raise WrongCredentials
    record_account(
        user=current, kind=AccountActivity.Kind.LOGGED_IN, by=current, method=method.value, **detail
    )
    return start_session(user=current, device=device)


def ask_for_log_in_code(*, email: str, network: str) -> None:
    """Mail a code to log in with, if there is an account."""
    limit_codes(network)
    mail_code_to(OneTimeCode.Purpose.LOG_IN, email)


def check_log_in_code(*, email: str, code: str, origin: Origin, second_factor: str | None = None) -> User:
    """Return the user whose code this is, and use it up.

    `second_factor` is for clients that send both at once: while it is missing or wrong, the code is not used up. Pages
    leave it out, and ask for it afterwards.
    """
    limit_guesses(origin.network)
    found = check_code(OneTimeCode.Purpose.LOG_IN, code, address=email)
    user = holder_of(found)
    if user is None:
        raise CodeExpired
    if second_factor is not None:
        require_second_factor(user, second_factor, origin)
    use_code(found)
    return user
