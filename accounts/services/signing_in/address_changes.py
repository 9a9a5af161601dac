"""Change the own address: a code goes to the new one, a notice to the old one.

ask_for_new_address(*, user, email)                 after the password was checked
change_address(*, user, code) -> User
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import AccountActivity, AccountLink, OneTimeCode, User
from accounts.models.people import ADDRESS_COLUMNS
from accounts.refusals import EmailTaken
from accounts.services.account_links import tell_replaced_address
from accounts.services.account_log import record_account
from accounts.services.signing_in.one_time_codes import check_code, end_codes_of, mail_code_to, use_code
from core.db.change import change, lock
from core.limits.rate_limits import ADDRESS_CHANGES, refuse_beyond


def ask_for_new_address(*, user: User, email: str) -> None:
    """Mail a code to the new address. The answer does not say whether somebody else has an account there."""
    refuse_beyond(ADDRESS_CHANGES, user.pk)
    mail_code_to(OneTimeCode.Purpose.ADDRESS, email, user)


def change_address(*, user: User, code: str) -> User:
    """Change the address to the one from which the code came. Raises EmailTaken only to somebody who reads its mail."""
    found = check_code(OneTimeCode.Purpose.ADDRESS, code, user=user)
    with change():
        use_code(found)
        current = lock(User.objects.filter(pk=user.pk)).get()
        if AccountLink.objects.keeping(found.address).exclude(user=current).exists():
            raise EmailTaken
        was, was_proven = current.email, current.address_counts
        end_codes_of(current)
        current.account_links.live().passwords().end()
        current.take_verified_address(found.address)
        _save(current)
        record_account(user=current, kind=AccountActivity.Kind.ADDRESS_CHANGED, by=current)
        tell_replaced_address(user=current, address=was, is_proven=was_proven)
    return current


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=ADDRESS_COLUMNS)
    except IntegrityError as error:
        raise EmailTaken from error
