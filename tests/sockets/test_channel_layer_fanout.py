"""The usual fan-out of Channels delivers what the hub delivers: events of a reservation over REST, and resuming."""

from __future__ import annotations

import pytest

from accounts.models import User
from sharing.models import PublicLink
from tests.sockets.people import by_link, following, reserve, retitle_over_rest, signed_in
from tests.support.running.live import OpenSocket, StartSite
from tests.support.running.site import Site
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["hub", "channels"])
def either(request: pytest.FixtureRequest, start_site: StartSite) -> Site:
    return start_site() if request.param == "hub" else start_site(REALTIME_FANOUT=request.param)


def test_reservation_reaches_givers_and_the_public_and_no_recipient(
    either: Site,
    connect: OpenSocket,
    wishlist: Wishlist,
    item: Item,
    link: PublicLink,
    alice: User,
    bob: User,
) -> None:
    recipient = following(connect, alice, wishlist, to=either)
    giver, public = following(connect, bob, wishlist, to=either), by_link(connect, link, to=either)
    reserved = reserve(either, item, bob).json()
    assert giver.next()["item"] == reserved
    assert public.next()["item"]["reserved_by_name"] is None
    retitle_over_rest(either, item, alice, "Kettle, red")
    items = [ws.until("item_updated")[-1]["item"] for ws in (recipient, giver, public)]
    assert [item["title"] for item in items] == ["Kettle, red"] * 3
    assert [item["reservation_status"] for item in items] == ["available", "reserved", "reserved"]


def test_resumed_socket_gets_missed_events_and_the_following_ones(
    either: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    ws = signed_in(connect, bob, to=either)
    left = ws.ask("subscribe", wishlist_id=wishlist.pk)
    assert ws.ask("unsubscribe", wishlist_id=wishlist.pk)["event"] == "unsubscribed"
    for title in ("One", "Two"):
        retitle_over_rest(either, item, alice, title)
    back = ws.ask("subscribe", wishlist_id=wishlist.pk, epoch=left["epoch"], since=left["seq"])
    assert back == left
    retitle_over_rest(either, item, alice, "Three")
    frames = [ws.next() for _ in range(3)]
    assert [frame["item"]["title"] for frame in frames] == ["One", "Two", "Three"]
    assert [frame["seq"] for frame in frames] == [left["seq"] + number for number in (1, 2, 3)]
    elsewhere = ws.ask("subscribe", wishlist_id=wishlist.pk, epoch="another", since=0)
    assert (elsewhere["event"], ws.next()["event"]) == ("subscribed", "resync")


@pytest.mark.redis
def test_hub_and_channel_layer_fanout_work_side_by_side(
    start_site: StartSite,
    site: Site,
    connect: OpenSocket,
    wishlist: Wishlist,
    item: Item,
    alice: User,
    bob: User,
) -> None:
    """Each server's sockets get the changes that the other server makes, and no socket ends."""
    textbook = start_site(REALTIME_FANOUT="channels")
    sockets = [following(connect, bob, wishlist, to=to) for to in (textbook, site)]
    for number, to in enumerate((site, textbook, site, site)):
        retitle_over_rest(to, item, alice, f"Kettle {number}")
        assert [ws.next()["item"]["title"] for ws in sockets] == [f"Kettle {number}"] * 2


def test_stranger_is_refused(either: Site, connect: OpenSocket, wishlist: Wishlist, charlie: User) -> None:
    ws = signed_in(connect, charlie, to=either)
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["code"] == "no_such_list"
