"""Which events of streams are deleted, which never are, and what a client gets that asks for a deleted one (G2)."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.jobs.schedule import table
from realtime.log import retention
from realtime.log.retention import KEPT_FOR, prune_events
from realtime.log.stream_reader import read_missed
from realtime.log.streams import append, position_of
from realtime.models import Event, Stream

pytestmark = pytest.mark.django_db

KEY = "list.x.giver"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the bounds, so that a dozen events need several statements."""
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    monkeypatch.setattr(retention, "KEPT_A_STREAM", 12)


def tell(count: int, key: str = KEY) -> None:
    append({key: [{"event": "x"}] * count})


def age(upto: int, *, by: timedelta = KEPT_FOR + timedelta(seconds=1), key: str = KEY) -> None:
    Event.objects.filter(stream__key=key, seq__lte=upto).update(created_at=timezone.now() - by)


def kept(key: str = KEY) -> list[int]:
    return list(Event.objects.filter(stream__key=key).values_list("seq", flat=True))


@pytest.mark.parametrize("old", [0, 1, 2, 3, 4, 7, 12])
def test_only_old_events_are_deleted(old: int) -> None:
    tell(12)
    age(12, by=KEPT_FOR - timedelta(minutes=1))
    age(old)
    assert prune_events() == old
    assert kept() == list(range(old + 1, 13))


def test_events_past_the_limit_of_their_stream_are_deleted() -> None:
    tell(20)
    tell(12, "inbox.y")
    assert prune_events() == 8
    assert kept() == list(range(9, 21))
    assert kept("inbox.y") == list(range(1, 13))
    assert prune_events() == 0


def test_numbers_continue_after_deletion() -> None:
    tell(5)
    before = position_of(KEY)
    age(5)
    prune_events()
    assert (kept(), position_of(KEY)) == ([], before)
    tell(1)
    assert kept() == [6]


def test_client_that_needs_a_deleted_event_gets_a_snapshot_and_others_continue() -> None:
    tell(6)
    epoch = position_of(KEY).epoch
    age(4)
    prune_events()
    assert read_missed(KEY, epoch, 3).events is None
    found = read_missed(KEY, epoch, 4).events
    assert found is not None
    assert [seq for seq, _ in found] == [5, 6]
    assert read_missed(KEY, epoch, 6).events == []


def test_worker_prunes_events() -> None:
    tell(2)
    age(1)
    [row] = [row for row in table() if row.name == "prune events"]
    row.run()
    assert kept() == [2]


def test_renew_epochs_gives_every_stream_a_new_epoch_and_keeps_its_numbers() -> None:
    keys = [f"inbox.{number}" for number in range(8)]
    for key in keys:
        tell(2, key)
    before = {key: position_of(key) for key in keys}
    output = StringIO()
    call_command("renew_epochs", stdout=output)
    assert output.getvalue() == "8 streams have a new epoch.\n"
    after = {key: position_of(key) for key in keys}
    assert [place.seq for place in after.values()] == [2] * 8
    assert len({place.epoch for place in [*before.values(), *after.values()]}) == 16
    assert read_missed(KEY, before["inbox.1"].epoch, 2).events is None
    assert Event.objects.count() == 16


def test_purge_deletes_every_event_and_begins_new_epochs() -> None:
    tell(7)
    before = position_of(KEY)
    call_command("renew_epochs", purge=True, stdout=StringIO())
    after = position_of(KEY)
    assert kept() == []
    assert after.epoch != before.epoch
    assert after.seq == 7
    assert Stream.objects.count() == 1
