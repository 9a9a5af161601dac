"""Store answers for a day, for clients that repeat a request because they got no answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.models import StoredAnswer
from accounts.refusals import KeyReused

KEPT_FOR = timedelta(hours=24)


def claim_answer(*, slot: str, asked: str, also: Collection[str] = ()) -> StoredAnswer:
    """Return the stored answer in `slot`, or a new row with the `status` None for the answer to come.

    Call this first in the transaction of the effect. Concurrent requests with the same slot wait here for the first one.
    If it commits, they get its answer; if it fails, the next one continues. `also` has digests of the same request by
    older secrets. Raises KeyReused if the slot was used for another request.
    """
    made = StoredAnswer(slot=slot, asked=asked)
    StoredAnswer.objects.bulk_create([made], ignore_conflicts=True)
    found = StoredAnswer.objects.get(slot=slot)
    if found.asked != asked and found.asked not in also:
        raise KeyReused
    return found


def keep_answer(*, place: StoredAnswer, status: int, headers: Mapping[str, str], body: str) -> None:
    """Store the answer in its row, in the same transaction."""
    place.status, place.headers, place.body = status, dict(headers), body
    place.save(update_fields=["status", "headers", "body"])


def release_answer(*, place: StoredAnswer) -> None:
    """Delete the row after a refusal, so that a repeated request is tried again."""
    place.delete()


def forget_answers() -> int:
    """Delete answers older than KEPT_FOR. Return the number of deleted answers."""
    return StoredAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
