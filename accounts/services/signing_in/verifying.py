"""Verify that mail to an account's address reaches its owner.

ask_for_verification(*, email, network)
verify_address(*, email, code, network) -> User
record_verified(user)                              in an open change
recover(user)                                      in the change that sets a new password by mail
"""

from __future__ import annotations

from django.utils import timezone

from accounts.models import AccountActivity, OneTimeCode, User
from accounts.refusals import CodeExpired
from accounts.services.account_log import record_account
from accounts.services.signing_in.code_limits import limit_codes, limit_guesses
from accounts.services.signing_in.one_time_codes import check_code, holder_of, mail_code_to, use_code
from accounts.signals import account_recovered, address_verified
from core.db.change import change, lock


def ask_for_verification(*, email: str, network: str) -> None:
    """Mail a code to verify the address, if there is an account whose address is not verified yet."""
    limit_codes(network)
    mail_code_to(OneTimeCode.Purpose.VERIFY, email)


def verify_address(*, email: str, code: str, network: str) -> User:
    """Mark the account's address as verified. The user is not logged in by it."""
    limit_guesses(network)
    found = check_code(OneTimeCode.Purpose.VERIFY, code, address=email)
    with change():
        use_code(found)
        user = holder_of(found)
        if user is None:
            raise CodeExpired
        return record_verified(user)


@change()
def record_verified(user: User) -> User:
    """Mark the address as verified now. From then on, what others address to it reaches the account."""
    current = lock(User.objects.filter(pk=user.pk)).get()
    if current.address_verified_at is None:
        current.address_verified_at = timezone.now()
        current.save(update_fields=["address_verified_at"])
        record_account(user=current, kind=AccountActivity.Kind.ADDRESS_VERIFIED, by=current)
        address_verified.send(sender=User, user=current)
    return current


@change()
def recover(user: User) -> User:
    """Mark the address as verified by somebody who just set a new password by mail.

    If it was not verified before, somebody else may have made the account, to get in again later. Then whatever lets them
    in is removed: sessions, sign-ins with providers, passkeys and second factors.
    """
    if user.address_verified_at is None:
        user.sessions.open().end()
        account_recovered.send(sender=User, user=user)
    return record_verified(user)
