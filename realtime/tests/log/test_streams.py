"""Events are numbered without gaps, in the order of commits, separately for each audience."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from core.db.change import change
from realtime.capture import event_builder
from realtime.log.streams import append, list_key, position_of
from realtime.models import Event, Stream
from realtime.tests.conftest import PushedFrames
from wishlists.models import Contribution, Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.projections.items import ItemFacts, read_items_by_id
from wishlists.services.lists.items import add_item, edit_item


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_no_event_and_no_gap(wishlist: Wishlist, alice: User, pushed: PushedFrames) -> None:
    by = Viewer(user=alice)
    with pytest.raises(RuntimeError, match="change my mind"):
        _add_and_fail(wishlist, by)
    assert pushed.to(Audience.GIVER, wishlist) == []
    head = position_of(list_key(wishlist.pk, Audience.GIVER)).seq
    add_item(wishlist=wishlist, by=by, title="Pot", currency="EUR")
    assert [frame["seq"] for frame in pushed.to(Audience.GIVER, wishlist)] == [head + 1]


@change()
def _add_and_fail(wishlist: Wishlist, by: Viewer) -> None:
    add_item(wishlist=wishlist, by=by, title="Pan", currency="EUR")
    raise RuntimeError("change my mind")


@pytest.mark.django_db
def test_empty_stream_has_a_position(wishlist: Wishlist) -> None:
    key = list_key(wishlist.pk, Audience.PUBLIC)
    Stream.objects.filter(key=key).delete()
    first = position_of(key)
    assert first.seq == 0
    assert position_of(key) == first


@pytest.mark.django_db
def test_append_writes_to_many_streams_at_once() -> None:
    heads = append({f"inbox.{number}": [{"event": "x"}] for number in range(1_500)})
    assert set(heads.values()) == {1}
    assert append({"inbox.7": [{"event": "y"}, {"event": "z"}]}, renewed=["inbox.8"]) == {
        "inbox.7": 3,
        "inbox.8": 1,
    }


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_numbers_come_in_the_order_of_commits(
    wishlist: Wishlist, item: Item, alice: User, pushed: PushedFrames
) -> None:
    """Four writers write while a reader follows the numbers. It sees every number, and the last frame shows the final
    state."""
    key, writes, writers = list_key(wishlist.pk, Audience.GIVER), 25, 4
    start = position_of(key).seq
    seen: list[tuple[int, str]] = []
    threads = [threading.Thread(target=_write, args=(item, alice, n, writes)) for n in range(writers)]
    for thread in threads:
        thread.start()
    while len(seen) < writes * writers:
        after = seen[-1][0] if seen else start
        rows = Event.objects.filter(stream__key=key, seq__gt=after).order_by("seq")
        seen += list(rows.values_list("seq", "frame"))
        if not any(thread.is_alive() for thread in threads) and not rows.exists():
            break
    for thread in threads:
        thread.join()
    assert [seq for seq, _ in seen] == list(range(start + 1, start + 1 + writes * writers))
    item.refresh_from_db()
    last = pushed.to(Audience.GIVER, wishlist)[-1]["item"]
    assert (last["title"], last["contributed_total"]) == (item.title, writes * writers / 2)


def _write(item: Item, alice: User, writer: int, writes: int) -> None:
    """Write half of the time through a service, which locks the list, and half with a bare `create()`, which locks
    nothing."""
    mine = Item.objects.get(pk=item.pk)
    mine.wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    for number in range(writes):
        if writer % 2:
            edit_item(item=mine, by=Viewer(user=alice), title=f"{writer}.{number}")
        else:
            contribute(item, alice)
    connection.close()


def contribute(item: Item, user: User) -> None:
    """Contribute as in a shell: without the list's lock."""
    Contribution.objects.create(item=item, user=user, amount_minor=100, currency="EUR")


def total_of_the_last_frame(
    item: Item, alice: User, bob: User, pushed: PushedFrames, monkeypatch: pytest.MonkeyPatch
) -> float:
    """Bob chips in between Alice's read of the item and her append, unless a lock prevents it."""
    bob_is_done = threading.Event()

    def chip_in() -> None:
        contribute(item, bob)
        connection.close()
        bob_is_done.set()

    def read_slowly(*args: Any, **kwargs: Any) -> list[ItemFacts]:
        found = read_items_by_id(*args, **kwargs)
        if threading.current_thread() is threading.main_thread():
            thread.start()
            bob_is_done.wait(0.5)
        return found

    thread = threading.Thread(target=chip_in)
    monkeypatch.setattr(event_builder, "read_items_by_id", read_slowly)
    contribute(item, alice)
    thread.join()
    return float(pushed.to(Audience.GIVER, item.wishlist)[-1]["item"]["contributed_total"])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_last_frame_is_never_older_than_the_one_before(
    item: Item, alice: User, bob: User, pushed: PushedFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert total_of_the_last_frame(item, alice, bob, pushed, monkeypatch) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_last_frame_is_stale_without_the_lock_of_streams(
    item: Item, alice: User, bob: User, pushed: PushedFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_builder, "lock_streams", lambda keys: None)
    assert total_of_the_last_frame(item, alice, bob, pushed, monkeypatch) == 1
