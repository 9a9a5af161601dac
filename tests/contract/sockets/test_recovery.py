"""Resuming after a break, with missed events or one snapshot, and the heartbeat that shows a client that it is up to
date."""

from __future__ import annotations

import json

import pytest

from tests.contract.conftest import Patience
from tests.contract.support.cases import covers, each, says
from tests.contract.support.listening import PATH, Connect, by_link, following, signed_in, stream
from tests.contract.support.people import Client, Json, Person, a_link, an_item, set_status
from tests.support.socket_client import Frame, SocketClient

BEAT_SECONDS = 40
"""A client learns within 30 s that it is behind. The rest is for a busy machine."""


@covers("client subscribe.epoch", "client subscribe.since")
@says(
    "its `seq` is where the next frame continues from (`since` if honoured, else the head). Then the missed events"
)
def test_missed_events_are_replayed_in_order(
    connect: Connect, alice: Person, bob: Person, wishlist: Json
) -> None:
    before = stream(signed_in(connect, bob), wishlist)
    added = [an_item(alice, wishlist, title=title) for title in ("one", "two", "three")]
    later = stream(signed_in(connect, bob), wishlist, epoch=before.epoch, since=before.seq)
    assert later.seq == before.seq
    assert [later.hears("item_added")["item"] for _ in added] == added
    again = stream(signed_in(connect, bob), wishlist, epoch=before.epoch, since=later.seq)
    an_item(alice, wishlist, title="four")
    assert again.hears("item_added")["item"]["title"] == "four"


@covers(
    "server resync",
    *each("server resync.", "wishlist_id epoch seq snapshot snapshot.wishlist snapshot.items"),
)
@says("or one `resync`")
@pytest.mark.parametrize("audience", ["recipient", "giver", "public"])
@pytest.mark.parametrize("position", ["another epoch", "the future", "no epoch"])
def test_snapshot_replaces_events_that_cannot_be_replayed(
    connect: Connect,
    alice: Person,
    bob: Person,
    anyone: Client,
    wishlist: Json,
    item: Json,
    audience: str,
    position: str,
) -> None:
    set_status(bob, item, "reserved")
    token = a_link(alice, wishlist)
    person = {"recipient": alice, "giver": bob}.get(audience)
    ws = signed_in(connect, person) if person else connect(PATH)
    where = {"wishlist_id": wishlist["id"]} if person else {"public_token": token}
    event = "subscribe" if person else "subscribe_public"
    head = ws.ask(event, **where)
    since = {"since": head["seq"] + 1000 if position == "the future" else head["seq"]}
    epoch = {"another epoch": {"epoch": "x"}, "the future": {"epoch": head["epoch"]}, "no epoch": {}}[
        position
    ]
    assert ws.ask(event, **where, **since, **epoch)["event"] == "subscribed"
    frame = ws.next()
    assert frame.keys() == {"event", "wishlist_id", "epoch", "seq", "snapshot"}
    assert (frame["wishlist_id"], frame["epoch"], frame["seq"]) == (
        wishlist["id"],
        head["epoch"],
        head["seq"],
    )
    rest = (
        person.get(f"/wishlists/{wishlist['id']}/items")
        if person
        else anyone.get("/public/wishlists", params={"token": token})["items"]
    )
    assert frame["snapshot"]["items"] == rest
    assert wishlist.items() >= frame["snapshot"]["wishlist"].items()


@covers("client subscribe_public.epoch", "client subscribe_public.since")
def test_link_subscription_can_be_resumed(connect: Connect, alice: Person, wishlist: Json) -> None:
    token = a_link(alice, wishlist)
    before = connect(PATH).ask("subscribe_public", public_token=token)
    added = an_item(alice, wishlist)
    ws = connect(PATH)
    reply = ws.ask("subscribe_public", public_token=token, epoch=before["epoch"], since=before["seq"])
    assert (reply["event"], reply["seq"]) == ("subscribed", before["seq"])
    missed = ws.next()
    assert (missed["item"], missed["seq"]) == (added, before["seq"] + 1)


@says("ETag and `seq` are each audience's own")
def test_giving_does_not_move_the_position_of_recipients(
    connect: Connect, alice: Person, bob: Person, wishlist: Json, item: Json
) -> None:
    before = stream(signed_in(connect, alice), wishlist)
    for status in ("reserved", "purchased", "available"):
        set_status(bob, item, status)
    after = stream(signed_in(connect, alice), wishlist)
    assert (after.epoch, after.seq) == (before.epoch, before.seq)


@covers("client ping", "client pong", "client ack", *each("client ack.", "wishlist_id seq"))
def test_pings_and_acknowledgements_are_accepted(
    connect: Connect, alice: Person, bob: Person, wishlist: Json
) -> None:
    ws = following(connect, bob, wishlist)
    assert ws.ask("ping") == {"event": "pong"}
    ws.send("pong")
    ws.send("ack", wishlist_id=wishlist["id"], seq=0)
    added = an_item(alice, wishlist)
    assert ws.next()["item"] == added


def beat(ws: SocketClient, event: str) -> Frame:
    while True:
        frame: Frame = json.loads(ws.socket.recv(timeout=BEAT_SECONDS))
        if frame["event"] == event:
            return frame


@covers("server head", *each("server head.", "wishlist_id seq"), "server ping", "server ping.ts")
@says("`ping {ts}` (answered by `pong`)")
def test_server_sends_heads_and_pings(patience: Patience) -> None:
    """The socket was opened before all others, so the heartbeat has usually come by now."""
    head = beat(patience.waiting, "head")
    head = head if "wishlist_id" in head else beat(patience.waiting, "head")
    assert (head["wishlist_id"], type(head["seq"])) == (patience.wishlist["id"], int)
    assert type(beat(patience.waiting, "ping")["ts"]) in (int, float)
    patience.waiting.send("pong")
    assert patience.waiting.ask("ping")["event"] == "pong"


def test_owner_who_follows_by_link_gets_their_own_audience(
    connect: Connect, alice: Person, bob: Person, wishlist: Json, item: Json
) -> None:
    token = a_link(alice, wishlist)
    ws = signed_in(connect, alice)
    assert ws.ask("subscribe_public", public_token=token)["event"] == "subscribed"
    nameless = by_link(connect, token)
    set_status(bob, item, "reserved")
    assert nameless.next()["item"]["reservation_status"] == "reserved"
    edited = alice.patch(f"/items/{item['id']}", {"title": "Teapot"})
    assert ws.next()["item"] == edited
