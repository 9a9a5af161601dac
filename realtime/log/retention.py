"""Delete old events of streams, oldest first. Numbers never start again, and a stream's row is never deleted.

A client that needs a deleted event gets one `resync` (realtime/log/stream_reader.py). So deleting too much costs a
snapshot, but loses no event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from core.jobs.sweeping import sweep
from realtime.log.hints import hint
from realtime.log.streams import append
from realtime.models import Event, Stream

KEPT_FOR = timedelta(days=7)
KEPT_A_STREAM = 10_000
AT_ONCE = 1_000
"""The number of rows in one statement: other writers must not wait long, above all on SQLite."""


def prune_events() -> int:
    """Delete events that are older than `KEPT_FOR`, or that have `KEPT_A_STREAM` newer ones in their stream. Return
    how many."""
    return _prune_old() + _prune_surplus()


def _prune_old() -> int:
    """Rows are stored in about the order of their time, so the first row that is too young ends the loop."""
    limit, gone = timezone.now() - KEPT_FOR, 0
    while True:
        oldest = list(Event.objects.order_by("pk").values_list("pk", "created_at")[:AT_ONCE])
        old = [pk for pk, created_at in oldest if created_at < limit]
        gone += _delete(old)
        if len(old) < AT_ONCE:
            return gone


def _prune_surplus() -> int:
    long = Stream.objects.filter(head__gt=KEPT_A_STREAM).values_list("pk", "head")
    return sweep(_prune_surplus_of, long, what="Stream")


def _prune_surplus_of(stream: tuple[int, int]) -> int:
    pk, head = stream
    return _delete_all(Event.objects.filter(stream_id=pk, seq__lte=head - KEPT_A_STREAM).order_by("seq"))


def _delete_all(events: QuerySet[Event]) -> int:
    gone = 0
    while some := list(events.values_list("pk", flat=True)[:AT_ONCE]):
        gone += _delete(some)
    return gone


def _delete(pks: list[int]) -> int:
    return Event.objects.filter(pk__in=pks).delete()[0] if pks else 0


def renew_epochs() -> int:
    """Begin a new epoch in every stream, so that all positions of clients are void. Return the number of streams."""
    renewed = 0
    for keys in _all_keys():
        with transaction.atomic():
            hint(append({}, renewed=keys), access=False)
        renewed += len(keys)
    return renewed


def purge_events() -> int:
    """Delete every event and begin new epochs, so that nothing of the past can be read here again. Return how many.

    The epochs come first, so that no client still relies on the events that are about to go.
    """
    renew_epochs()
    last = Event.objects.aggregate(pk=Max("pk"))["pk"] or 0
    return _delete_all(Event.objects.filter(pk__lte=last).order_by("pk"))


def _all_keys() -> Iterator[list[str]]:
    """Yield all keys in the order in which streams are locked everywhere, a few hundred at a time."""
    last = ""
    while keys := list(
        Stream.objects.filter(key__gt=last).order_by("key").values_list("key", flat=True)[:AT_ONCE]
    ):
        yield keys
        last = keys[-1]
