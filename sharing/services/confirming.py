"""Confirm a guest's address with the code that was mailed to it (G10).

A code is one of a million. It is valid for ten minutes, for five tries, and once. A try is spent *before* the
comparison, by a single statement that the database does not let through a sixth time. It stays spent even if the
request fails later.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.db.change import change
from sharing.access.capabilities import guest_code
from sharing.models import GuestLetter
from sharing.refusals import CodeSpent, WrongCode
from wishlists.models import Guest, Reservation
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lapse_policy import lapse_of
from wishlists.services.locking import lock_wishlist

TRIES = 5
GOOD_FOR = timedelta(minutes=10)


def confirm_guest(*, guest: Guest, code: str) -> Guest:
    """Compare `code` with the newest code that was mailed.

    Call it outside any transaction, because a rollback would undo the count of a wrong guess.
    """
    letter = guest.letters.filter(kind=GuestLetter.Kind.CODE).order_by("-created_at", "-pk").first()
    if letter is None or not _spend_try(letter):
        raise CodeSpent
    if not _matches(letter, code):
        raise WrongCode
    return _confirm(guest=guest, letter=letter)


def _spend_try(letter: GuestLetter) -> bool:
    """Spend a try and return whether one was left."""
    good = GuestLetter.objects.filter(
        pk=letter.pk, used_at=None, tries__lt=TRIES, created_at__gt=timezone.now() - GOOD_FOR
    )
    with transaction.atomic(durable=True):
        return good.update(tries=F("tries") + 1) == 1


def _matches(letter: GuestLetter, code: str) -> bool:
    return hmac.compare_digest(guest_code(letter).encode(), code.encode())


@change()
def _confirm(*, guest: Guest, letter: GuestLetter) -> Guest:
    """Mark the address as confirmed. What the guest reserved now lapses as late as any other reservation."""
    wishlist = lock_wishlist(guest.wishlist, withdrawn_too=True)
    if not GuestLetter.objects.filter(pk=letter.pk, used_at=None).update(used_at=timezone.now()):
        raise CodeSpent
    guest.confirmed_at = timezone.now()
    guest.save(update_fields=["confirmed_at"])
    by = Viewer(guest=guest, by_link=True)
    held = Reservation.objects.active().unbought().held_by(by).filter(is_offer=False)
    for reservation in held.select_related("item__wishlist"):
        reservation.lapses_at = lapse_of(wishlist, by, reservation.created_at)
        reservation.save(update_fields=["lapses_at", "updated_at"])
    record(wishlist=wishlist, kind="guest_confirmed", by=by)
    return guest
