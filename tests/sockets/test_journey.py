"""From a request over REST or a `save()` in a shell to the frames of each audience, through a real server process."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db.models.signals import post_save
from django.utils import timezone

from accounts.models import Notification, User
from core.db.change import change
from realtime.capture.receivers import item_saved
from sharing.models import PublicLink
from tests.sockets.people import (
    by_link,
    following,
    reserve,
    retitle,
    retitle_over_rest,
    signed_in,
    titles,
)
from tests.support.running.live import OpenSocket, StartSite
from tests.support.running.site import Site
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.django_db(transaction=True)


def test_reservation_over_rest_reaches_givers_and_the_public_and_no_recipient(
    site: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, link: PublicLink, alice: User, bob: User
) -> None:
    recipient, giver = following(connect, alice, wishlist), following(connect, bob, wishlist)
    public = by_link(connect, link)
    answer = reserve(site, item, bob)
    frame = giver.next()
    assert (frame["event"], frame["wishlist_id"], frame["item"]) == (
        "item_updated",
        str(wishlist.pk),
        answer.json(),
    )
    shown = public.next()["item"]
    assert (shown["reservation_status"], shown["reserved_by_name"]) == ("reserved", None)
    item.refresh_from_db()
    retitle(item, "Kettle, red")
    assert titles(giver, "Kettle, red") == titles(public, "Kettle, red") == ["Kettle, red"]
    first = recipient.next()
    assert (first["item"]["title"], first["item"]["reservation_status"]) == ("Kettle, red", "available")


def test_control_recipient_of_an_open_list_gets_the_reservation(
    site: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    """Control: where giving is no secret, the same act does reach the recipient."""
    Wishlist.objects.filter(pk=wishlist.pk).update(policy="open")
    recipient = following(connect, alice, wishlist)
    reserve(site, item, bob)
    assert recipient.next()["item"]["reserved_by_name"] == "Bob"


def test_save_in_a_shell_reaches_sockets_after_its_commit(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    giver = following(connect, bob, wishlist)
    with pytest.raises(RuntimeError, match="rolled back"):
        _retitle_and_fail(item)
    with change():
        retitle(item, "Second thoughts")
        assert giver.is_silent()
    assert titles(giver, "Second thoughts") == ["Second thoughts"]


@change()
def _retitle_and_fail(item: Item) -> None:
    retitle(item, "Never")
    raise RuntimeError("rolled back")


def test_control_nothing_arrives_without_the_receiver_of_items(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """Control: the receiver makes the push. A change saved without it never arrives, and one saved with it arrives
    next."""
    giver = following(connect, bob, wishlist)
    assert post_save.disconnect(item_saved, sender=Item, dispatch_uid="realtime.item_saved")
    try:
        retitle(item, "Unheard")
    finally:
        post_save.connect(item_saved, sender=Item, dispatch_uid="realtime.item_saved")
    retitle(item, "Heard")
    assert titles(giver, "Heard") == ["Heard"]


def test_hint_is_enough_without_the_periodic_look(
    start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User, alice: User
) -> None:
    hinted = start_site(REALTIME_LOOK_SECONDS="0")
    giver = following(connect, bob, wishlist, to=hinted)
    for title in ("One", "Two", "Three"):
        retitle_over_rest(hinted, item, alice, title)
        assert giver.next()["item"]["title"] == title


def test_periodic_look_is_enough_without_hints(
    start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User, alice: User
) -> None:
    unhinted = start_site(REALTIME_LOOK_SECONDS="0.3", REALTIME_HINTS="0")
    giver = following(connect, bob, wishlist, to=unhinted)
    retitle_over_rest(unhinted, item, alice, "One")
    assert giver.next()["item"]["title"] == "One"


@pytest.mark.redis
def test_two_servers_get_the_changes_of_a_shell_through_redis(
    start_site: StartSite, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """Neither server looks by itself, so every event was hinted through Redis by this process."""
    one, other = (
        start_site(REALTIME_LOOK_SECONDS="0"),
        start_site(REALTIME_LOOK_SECONDS="0", LOG_LEVEL="WARNING"),
    )
    sockets = [following(connect, bob, wishlist, to=site) for site in (one, other)]
    retitle(item, "Seen everywhere")
    assert [titles(ws, "Seen everywhere") for ws in sockets] == [["Seen everywhere"]] * 2


def test_one_socket_follows_many_lists_and_an_inbox(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    ws = signed_in(connect, alice)
    other = Wishlist.objects.create(
        owner=alice, tenant=alice.tenant, title="Other", updated_at=timezone.now()
    )
    other.members.create(user=alice, role="owner", is_recipient=True)
    for followed in (wishlist, other):
        assert ws.ask("subscribe", wishlist_id=followed.pk)["wishlist_id"] == str(followed.pk)
    other.title = "Another"
    other.save()
    assert ws.next()["wishlist"]["title"] == "Another"
    retitle(item, "Kettle, red")
    assert ws.next()["wishlist_id"] == str(wishlist.pk)
    row = Notification.objects.create(user=alice, kind="suggestion_accepted", title="hello")
    frame = ws.next()
    assert (frame["stream"], frame["notification"]["id"]) == ("inbox", str(row.pk))
    assert ws.ask("unsubscribe", wishlist_id=wishlist.pk) == {
        "event": "unsubscribed",
        "wishlist_id": str(wishlist.pk),
    }
    retitle(item, "Kettle, blue")
    other.title = "Last"
    other.save()
    assert ws.next()["wishlist"]["title"] == "Last"


@pytest.mark.redis
def test_channel_layer_is_the_one_that_keeps_idle_sockets() -> None:
    """It must not be the core layer, whose idle sockets die after five seconds with redis-py 8 (stack.md, trap 1)."""
    backend = settings.CHANNEL_LAYERS["default"]["BACKEND"]
    assert backend == "channels_redis.pubsub.RedisPubSubChannelLayer"
