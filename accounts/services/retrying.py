"""Answers that are kept for a day, for clients that did not hear them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.models import StoredAnswer
from accounts.refusals import KeyReused

KEPT_FOR = timedelta(hours=24)


def claim_answer(*, slot: str, asked: str, also: Collection[str] = ()) -> StoredAnswer:
    """The answer in `slot`, or (its `status` is None) the place for the one that is about to be made.

    Call it first in the transaction of the effect. Of several that claim one slot at once, the first goes on and the
    others wait here until it has committed, and find its answer, or has failed, and the next goes on. `also`: other
    spellings of `asked` that count as the same, by older secrets.
    """
    made = StoredAnswer(slot=slot, asked=asked)
    StoredAnswer.objects.bulk_create([made], ignore_conflicts=True)
    found = StoredAnswer.objects.get(slot=slot)
    if found.asked != asked and found.asked not in also:
        raise KeyReused
    return found


def keep_answer(*, place: StoredAnswer, status: int, headers: Mapping[str, str], body: str) -> None:
    """Put the answer in its place, in the same transaction."""
    place.status, place.headers, place.body = status, dict(headers), body
    place.save(update_fields=["status", "headers", "body"])


def release_answer(*, place: StoredAnswer) -> None:
    """Give the place back: what was asked was refused, and asking again may fare better."""
    place.delete()


def forget_answers() -> int:
    """Delete what was kept for long enough. Returns how many."""
    return StoredAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
