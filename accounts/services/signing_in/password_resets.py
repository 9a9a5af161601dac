"""Set a new password with a mailed code.

ask_for_reset(*, email, network)
reset_password(*, email, code, password, network) -> User
"""

from __future__ import annotations

from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountActivity, OneTimeCode, User
from accounts.refusals import CodeExpired
from accounts.services.account_log import record_account
from accounts.services.mail import send_mail
from accounts.services.signing_in.code_limits import limit_codes, limit_guesses
from accounts.services.signing_in.one_time_codes import (
    check_code,
    end_codes_of,
    holder_of,
    mail_code_to,
    use_code,
)
from accounts.services.signing_in.verifying import recover
from core.db.change import change


def ask_for_reset(*, email: str, network: str) -> None:
    """Mail a code to set a new password, if there is an account."""
    limit_codes(network)
    mail_code_to(OneTimeCode.Purpose.RESET, email)


def reset_password(*, email: str, code: str, password: str, network: str) -> User:
    """Set the password and log out everywhere. The code also proves the address."""
    limit_guesses(network)
    found = check_code(OneTimeCode.Purpose.RESET, code, address=email)
    user = holder_of(found)
    if user is None:
        raise CodeExpired
    user.set_password(password)  # hashed before the change opens (accounts/services/people.py)
    with change():
        use_code(found)
        user.save(update_fields=["password"])
        end_codes_of(user)
        recover(user)
        record_account(user=user, kind=AccountActivity.Kind.PASSWORD_RESET, by=None)
        send_mail(to=user, template="password_changed", kind=MailKind.SECURITY)
    return user
