"""The zone and the language of a user, for what is sent without a request of theirs."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import User

MailCheck = Callable[[User], bool]
"""Returns whether somebody else, who must not know what this user gives, may read the user's mailbox."""

mail_checks: list[MailCheck] = []
"""The apps above add theirs."""


def zone_of(user: User) -> ZoneInfo:
    return ZoneInfo(getattr(user, "time_zone", "") or settings.TIME_ZONE)


def language_of(user: User) -> str:
    return str(getattr(user, "language", "") or settings.LANGUAGE_CODE)


def may_be_mailed(user: User) -> bool:
    """Return whether news may be mailed to the user's address.

    Others may have written what the news say, so an address that nobody verified gets none.
    """
    return user.is_active and user.address_counts and not any(check(user) for check in mail_checks)
