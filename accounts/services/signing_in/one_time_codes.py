"""One-time codes: mail them, compare them, and use them once (G10, docs/signing-in.md).

    mail_code_to(purpose, address, user=None)        queues a mail; at most one a minute and mailbox
    check_code(purpose, typed, address=…|user=…)     spends a try, then compares; WrongCode or CodeExpired
    use_code(code)                                   in the change of the effect, once; else CodeExpired

A try is spent *before* the comparison, by one statement that the database does not let through a sixth time. So the
bound holds however many requests, threads and processes guess at once. The count stays when the request fails later.

Every entered address gets the same: a row, a job, and the same answer. Only the job, which nobody waits for, looks whether
there is an account.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language

from accounts.access.code_digits import matches
from accounts.code_tasks import mail_one_time_code
from accounts.models import OneTimeCode, User
from accounts.models.one_time_codes import TRIES
from accounts.refusals import CodeExpired, WrongCode
from core.db.change import change
from core.limits.rate_limits import CODES, CODES_A_MINUTE, has_room, hit
from core.mailboxes.mailbox_forms import canonical_mailbox, own_mailbox

Purpose = OneTimeCode.Purpose

KEPT_FOR = timedelta(days=1)


def mail_code_to(purpose: Purpose, address: str, user: User | None = None) -> None:
    """Queue a mail with a new code. Nothing happens if the mailbox got one a moment ago, or many in the last hour."""
    mailbox = canonical_mailbox(address)
    if not has_room(CODES, mailbox) or not hit(CODES_A_MINUTE, purpose, mailbox):
        return
    hit(CODES, mailbox)
    with change():
        code = OneTimeCode.objects.create(
            purpose=purpose, address=address.strip(), mailbox=own_mailbox(address), user=user
        )
        mail_one_time_code.enqueue(code_id=str(code.pk), language=get_language() or "en")


def check_code(
    purpose: Purpose, typed: str, *, address: str | None = None, user: User | None = None
) -> OneTimeCode:
    """Compare `typed` with the newest code for this address or this user, and return that code.

    Call it outside any transaction, because a rollback would undo the count of a wrong guess.
    """
    asked = OneTimeCode.objects.filter(purpose=purpose, user=user)
    if address is not None:
        asked = asked.filter(mailbox=own_mailbox(address))
    code = asked.order_by("-created_at", "-pk").first()
    if code is None or not _spend_try(code):
        raise CodeExpired
    if not matches(code, "".join(typed.split())):
        raise WrongCode
    return code


def use_code(code: OneTimeCode) -> None:
    """Use the code up. Raises CodeExpired if another request was faster."""
    if not OneTimeCode.objects.live().filter(pk=code.pk).update(used_at=timezone.now()):
        raise CodeExpired


def end_codes_of(user: User) -> None:
    """End the codes that are on their way to this user, or that they asked for."""
    OneTimeCode.objects.live().filter(user=user).end()
    OneTimeCode.objects.live().filter(mailbox=own_mailbox(user.email)).end()


def holder_of(code: OneTimeCode) -> User | None:
    """Return the active account of the code's address: the same one to which the mail went."""
    people = User.objects.with_address(code.address, is_active=True, removed_at=None)
    return people[0] if people else None


def forget_codes() -> int:
    """Delete codes that are long over. Return their number."""
    return OneTimeCode.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _spend_try(code: OneTimeCode) -> bool:
    """Spend a try and return whether one was left."""
    left = OneTimeCode.objects.live().filter(pk=code.pk, tries__lt=TRIES)
    with transaction.atomic(durable=True):
        return left.update(tries=F("tries") + 1) == 1
