"""Resuming: every missed event, once and in order, or one snapshot (G2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notification, User
from realtime.log.stream_reader import REPLAYED
from realtime.log.streams import append, inbox_key, list_key, position_of
from realtime.models import Event, Stream
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.sockets.people import following, retitle, signed_in, titles, token_of
from tests.support.running.live import OpenSocket
from tests.support.socket_client import Frame, SocketClient
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience

pytestmark = pytest.mark.django_db(transaction=True)

Since = dict[str, Any]


def come_back(
    connect: OpenSocket, user: User, wishlist: Wishlist, known: Frame, **differently: Any
) -> SocketClient:
    """Subscribe again from the position in `known`, a `subscribed` frame."""
    since = {"epoch": known["epoch"], "since": known["seq"]} | differently
    ws = signed_in(connect, user)
    ws.send("subscribe", wishlist_id=wishlist.pk, **since)
    return ws


def leave_after_subscribing(connect: OpenSocket, user: User, wishlist: Wishlist) -> Frame:
    ws = signed_in(connect, user)
    known = ws.ask("subscribe", wishlist_id=wishlist.pk)
    ws.socket.close()
    return known


def test_missed_events_are_replayed_in_order(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    known = leave_after_subscribing(connect, bob, wishlist)
    for title in "ABC":
        retitle(item, title)
    ws = come_back(connect, bob, wishlist, known)
    assert ws.next() == known
    retitle(item, "D")
    frames = [ws.next() for _ in range(4)]
    assert [frame["item"]["title"] for frame in frames] == list("ABCD")
    assert [frame["seq"] for frame in frames] == [known["seq"] + n for n in (1, 2, 3, 4)]


def test_client_that_missed_nothing_gets_no_events(
    connect: OpenSocket, wishlist: Wishlist, bob: User
) -> None:
    known = leave_after_subscribing(connect, bob, wishlist)
    ws = come_back(connect, bob, wishlist, known)
    assert ws.next() == known
    assert ws.is_silent()


def test_empty_stream_can_be_resumed(connect: OpenSocket, wishlist: Wishlist, bob: User) -> None:
    Stream.objects.all().delete()
    known = leave_after_subscribing(connect, bob, wishlist)
    assert known["seq"] == 0
    assert come_back(connect, bob, wishlist, known).next() == known


def too_far(wishlist: Wishlist, item: Item) -> None:
    key = list_key(wishlist.pk, Audience.GIVER)
    body = {"event": "item_updated", "wishlist_id": wishlist.pk}
    append({key: [body] * (REPLAYED + 1)})


def pruned(wishlist: Wishlist, item: Item) -> None:
    retitle(item, "A")
    retitle(item, "B")
    key = list_key(wishlist.pk, Audience.GIVER)
    Event.objects.filter(stream__key=key, seq__lt=position_of(key).seq).delete()


def renewed(wishlist: Wishlist, item: Item) -> None:
    append({}, renewed=[list_key(wishlist.pk, Audience.GIVER)])


def nothing(wishlist: Wishlist, item: Item) -> None:
    retitle(item, "A")


@pytest.mark.parametrize(
    ("meanwhile", "differently"),
    [
        (nothing, {"epoch": "elsewhere"}),
        (nothing, {"epoch": None}),
        (nothing, {"since": 10**9}),
        (nothing, {"since": 0}),
        (pruned, {}),
        (too_far, {}),
        (renewed, {}),
    ],
)
def test_one_snapshot_replaces_events_that_cannot_be_replayed(
    connect: OpenSocket,
    wishlist: Wishlist,
    item: Item,
    bob: User,
    meanwhile: Callable[[Wishlist, Item], None],
    differently: Since,
) -> None:
    known = leave_after_subscribing(connect, bob, wishlist)
    if differently == {"since": 0}:
        Event.objects.filter(seq=1).delete()
    meanwhile(wishlist, item)
    ws = come_back(connect, bob, wishlist, known, **differently)
    first, resync = ws.next(), ws.next()
    position = position_of(list_key(wishlist.pk, Audience.GIVER))
    assert (first["event"], first["epoch"], first["seq"]) == ("subscribed", position.epoch, position.seq)
    assert (resync["event"], resync["epoch"], resync["seq"]) == ("resync", position.epoch, position.seq)
    assert resync["wishlist_id"] == resync["snapshot"]["wishlist"]["id"] == str(wishlist.pk)
    assert [shown["id"] for shown in resync["snapshot"]["items"]] == [str(item.pk)]
    retitle(item, "Later")
    assert ws.next()["seq"] == position.seq + 1


def test_inbox_can_be_resumed(connect: OpenSocket, bob: User) -> None:
    known = position_of(inbox_key(bob.pk))
    for title in "AB":
        Notification.objects.create(user=bob, kind="x", title=title)
    ws = connect()
    answer = ws.ask("auth", access_token=token_of(bob), epoch=known.epoch, since=known.seq)
    assert (answer["event"], answer["seq"]) == ("authenticated", known.seq)
    assert [ws.next()["notification"]["title"] for _ in range(2)] == ["A", "B"]
    by_query = connect(f"/ws?access_token={token_of(bob)}&epoch={known.epoch}&since={known.seq}")
    assert by_query.next() == answer
    assert [by_query.next()["notification"]["title"] for _ in range(2)] == ["A", "B"]
    without = connect(f"/ws?access_token={token_of(bob)}")
    assert without.next()["seq"] == known.seq + 2
    assert without.is_silent()  # control: a client without a position misses both events
    stranger = connect()
    answer = stranger.ask("auth", access_token=token_of(bob), epoch="elsewhere", since=0)
    resync = stranger.next()
    assert (resync["event"], resync["stream"], resync["seq"]) == ("resync", "inbox", answer["seq"])
    assert [row["title"] for row in resync["snapshot"]["notifications"]] == ["B", "A"]


@pytest.mark.parametrize("amp", ["", "amp;"])
def test_link_in_the_query_can_be_resumed(
    connect: OpenSocket, wishlist: Wishlist, item: Item, link: PublicLink, amp: str
) -> None:
    known = position_of(list_key(wishlist.pk, Audience.PUBLIC))
    for title in "AB":
        retitle(item, title)
    position = f"&{amp}epoch={known.epoch}&{amp}since={known.seq}"
    ws = connect(f"/ws?public_token={link_token(link)}{position}")
    assert (ws.next()["seq"], titles(ws, "B")) == (known.seq, ["A", "B"])
    stranger = connect(f"/ws?public_token={link_token(link)}&epoch=elsewhere&since=0")
    assert [stranger.next()["event"] for _ in range(2)] == ["subscribed", "resync"]


def test_position_belongs_to_the_inbox_if_both_tokens_are_sent(
    connect: OpenSocket, wishlist: Wishlist, item: Item, link: PublicLink, bob: User
) -> None:
    known = position_of(inbox_key(bob.pk))
    Notification.objects.create(user=bob, kind="x", title="A")
    query = (
        f"access_token={token_of(bob)}&public_token={link_token(link)}&epoch={known.epoch}&since={known.seq}"
    )
    ws = connect(f"/ws?{query}")
    assert [ws.next()["event"] for _ in range(3)] == ["authenticated", "notification", "subscribed"]
    assert ws.is_silent()


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "%EF%BC%91", "9" * 19, "9" * 5_000, "+1"])
def test_invalid_position_is_refused_and_the_socket_stays_open(
    connect: OpenSocket, bob: User, since: str
) -> None:
    ws = connect(f"/ws?access_token={token_of(bob)}&epoch=e&since={since}")
    assert ws.next()["code"] == "invalid_field"
    assert ws.ask("auth", access_token=token_of(bob))["event"] == "authenticated"


def test_position_without_a_value_counts_as_absent(connect: OpenSocket, bob: User) -> None:
    ws = connect(f"/ws?access_token={token_of(bob)}&epoch=&since=")
    assert ws.next()["event"] == "authenticated"
    assert ws.is_silent()


def test_new_epoch_resyncs_a_live_socket(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    ws = following(connect, bob, wishlist)
    renewed(wishlist, item)
    retitle(item, "After")
    resync = ws.until("resync")[-1]
    assert resync["epoch"] == position_of(list_key(wishlist.pk, Audience.GIVER)).epoch
    retitle(item, "Last")
    frames = [ws.next()]
    while frames[-1]["item"]["title"] != "Last":
        frames.append(ws.next())
    assert [frame["seq"] for frame in frames] == [resync["seq"] + n + 1 for n in range(len(frames))]


def test_subscribing_during_writes_leaves_no_gap_and_no_duplicate(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """A dozen sockets subscribe while a hundred changes are made. Each gets every number after its first position,
    once."""
    start = leave_after_subscribing(connect, bob, wishlist)
    changes, sockets = 100, 12

    def write() -> None:
        for number in range(changes):
            retitle(item, f"{number}")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    clients = [come_back(connect, bob, wishlist, start) for _ in range(sockets)]
    expected = list(range(start["seq"] + 1, start["seq"] + 1 + changes))
    for ws in clients:
        assert ws.next() == start
        assert [ws.next()["seq"] for _ in range(changes)] == expected
        assert ws.is_silent()
    writer.join()
