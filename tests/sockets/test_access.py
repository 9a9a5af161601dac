"""Access that is withdrawn or changed while a socket is open (G8): no further frame of what the socket may not see any
more."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.services.groups import create_group, let_into_group, remove_from_group
from accounts.services.sessions import end_all_sessions
from realtime.log.streams import list_key, position_of
from sharing.models import PublicLink
from tests.sockets.people import by_link, following, retitle, signed_in, titles
from tests.support.running.live import OpenSocket
from tests.support.socket_client import SocketClient
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.group_sharing import share_with_group
from wishlists.services.lists.lists import remove_wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.django_db(transaction=True)


def reserve(item: Item, user: User) -> None:
    item.wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    reserve_item(item=item, by=Viewer(user=user))
    item.refresh_from_db()


def test_logging_out_everywhere_ends_sockets(
    connect: OpenSocket, wishlist: Wishlist, bob: User, alice: User
) -> None:
    sockets = [following(connect, bob, wishlist), signed_in(connect, bob)]
    other = following(connect, alice, wishlist)
    end_all_sessions(user=bob)
    for ws in sockets:
        assert ws.next()["code"] == "session_ended"
        assert ws.closed() == 4401
    assert other.is_silent()


def test_deactivation_ends_sockets(connect: OpenSocket, wishlist: Wishlist, bob: User) -> None:
    ws = following(connect, bob, wishlist)
    bob.is_active = False
    bob.save()
    assert ws.closed() == 4401


def test_deactivated_tenant_ends_sockets(
    connect: OpenSocket, wishlist: Wishlist, link: PublicLink, bob: User
) -> None:
    member, public = following(connect, bob, wishlist), by_link(connect, link)
    tenant = Tenant.objects.get(pk=wishlist.tenant_id)
    tenant.is_active = False
    tenant.save(update_fields=["is_active"])
    assert (member.closed(), public.closed()) == (4401, 4410)


def test_removed_member_gets_one_event_that_says_so_and_no_more(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    ws = following(connect, bob, wishlist)
    remove_member(wishlist=wishlist, user=bob, by=alice)
    *before, last = ws.until("unsubscribed")
    assert (last["code"], last["reason"]) == (4403, "access_withdrawn")
    assert {frame["event"] for frame in before} <= {"member_removed"}
    retitle(item, "Not for Bob")
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["code"] == "no_such_list"
    assert ws.is_silent()


def test_person_who_is_taken_out_of_a_group_gets_no_more_of_its_lists(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, charlie: User
) -> None:
    group = create_group(by=alice, name="Family")
    share_with_group(wishlist=wishlist, by=alice, group_id=group.pk, role="viewer")
    let_into_group(group=group, user=charlie, role="member", by=alice)
    ws = following(connect, charlie, wishlist)
    asked = time.monotonic()
    remove_from_group(group=group, by=alice, user_id=charlie.pk)
    *before, last = ws.until("unsubscribed")
    assert time.monotonic() - asked < 5
    assert (last["code"], last["reason"]) == (4403, "access_withdrawn")
    assert {frame["event"] for frame in before} <= {"member_removed"}
    retitle(item, "Not for Charlie")
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["code"] == "no_such_list"
    assert ws.is_silent()


def test_deleted_list_is_announced_and_then_unsubscribed(
    connect: OpenSocket, wishlist: Wishlist, link: PublicLink, alice: User, bob: User
) -> None:
    giver, public = following(connect, bob, wishlist), by_link(connect, link)
    remove_wishlist(wishlist=wishlist, by=alice)
    events = giver.until("unsubscribed")
    assert [frame["event"] for frame in events if frame.get("stream") != "inbox"] == [
        "list_deleted",
        "unsubscribed",
    ]
    assert events[-1]["code"] == 4410
    assert giver.is_silent()
    assert [frame["event"] for frame in public.until("error")] == ["list_deleted", "unsubscribed", "error"]
    assert public.closed() == 4410


def test_revoked_link_ends_subscriptions_by_that_link(
    connect: OpenSocket, wishlist: Wishlist, link: PublicLink, bob: User
) -> None:
    """A signed-in person's socket stays open, but the list's subscription ends."""
    public, signed = by_link(connect, link), signed_in(connect, bob)
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    assert public.closed() == 4410
    assert signed.is_silent()


def test_expired_link_ends_its_sockets(connect: OpenSocket, link: PublicLink) -> None:
    ws = by_link(connect, link)
    link.expires_at = timezone.now() + timedelta(seconds=0.2)
    link.save()
    assert ws.closed() == 4410


def test_public_viewer_who_becomes_a_member_gets_the_givers_stream(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User, charlie: User
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    ws = following(connect, charlie, wishlist)
    reserve(item, bob)
    assert ws.next()["item"]["reserved_by_name"] is None
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    resync = ws.until("resync")[-1]
    assert resync["snapshot"]["items"][0]["reserved_by_name"] == "Bob"
    assert resync["epoch"] == position_of(list_key(wishlist.pk, Audience.GIVER)).epoch


def test_new_recipient_gets_no_events_of_giving(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User, charlie: User, alice: User
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    ws = following(connect, bob, wishlist)
    member = wishlist.members.get(user=bob)
    member.is_recipient = True
    member.save()
    resync = ws.until("resync")[-1]
    assert resync["epoch"] == position_of(list_key(wishlist.pk, Audience.RECIPIENT)).epoch
    reserve(item, charlie)
    retitle(item, "Kettle, red")
    frame = ws.next()
    assert (frame["item"]["title"], frame["item"]["reservation_status"]) == ("Kettle, red", "available")


def test_giver_who_becomes_a_recipient_gets_the_recipients_snapshot(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User, charlie: User
) -> None:
    """Within 5 s the socket gets a snapshot of what recipients see. It must not even show that there was a secret
    addition."""
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    ws, giver = following(connect, bob, wishlist), following(connect, charlie, wishlist)
    reserve(item, charlie)
    assert ws.next()["item"]["reserved_by_name"] == "Charlie"
    giver.until("item_updated")
    asked_at = time.monotonic()
    set_recipients(wishlist=wishlist, by=alice, user_ids=[alice.pk, bob.pk])
    [shown] = ws.until("resync")[-1]["snapshot"]["items"]
    assert time.monotonic() - asked_at < 5
    assert (shown["reservation_status"], shown["reserved_by_name"]) == ("available", None)
    here = Wishlist.objects.get(pk=wishlist.pk)
    add_secret_item(wishlist=here, by=Viewer(user=charlie), title="Secret")
    assert giver.until("item_added")[-1]["item"]["title"] == "Secret"
    retitle(item, "Kettle, red")
    assert titles(ws, "Kettle, red") == ["Kettle, red"]


def test_list_that_is_no_longer_public_ends_subscriptions_of_the_public(
    connect: OpenSocket, wishlist: Wishlist, item: Item, charlie: User
) -> None:
    wishlist.is_public = True
    wishlist.save()
    ws = following(connect, charlie, wishlist)
    wishlist.is_public = False
    wishlist.save()
    assert ws.until("unsubscribed")[-1]["code"] == 4403
    retitle(item, "Not for Charlie")
    assert ws.is_silent()


def test_audience_whose_sight_changes_gets_a_new_snapshot(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    recipient, giver = following(connect, alice, wishlist), following(connect, bob, wishlist)
    reserve(item, bob)
    wishlist.policy = "open"
    wishlist.save(update_fields=["policy"])
    resync = recipient.next()
    assert (resync["event"], resync["snapshot"]["items"][0]["reserved_by_name"]) == ("resync", "Bob")
    assert [frame["event"] for frame in giver.until("list_updated")] == ["item_updated", "list_updated"]
    retitle(item, "Kettle, red")
    assert titles(recipient, "Kettle, red") == titles(giver, "Kettle, red") == ["Kettle, red"]


def test_hidden_list_is_gone_until_a_moderator_brings_it_back(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    ws = following(connect, bob, wishlist)
    wishlist.hidden_at = timezone.now()
    wishlist.save()
    assert _list_events(ws, "unsubscribed") == ["list_deleted", "unsubscribed"]
    wishlist.hidden_at = None
    wishlist.save()
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["event"] == "subscribed"
    retitle(item, "Back again")
    assert titles(ws, "Back again") == ["Back again"]


def _list_events(ws: SocketClient, last: str) -> list[str]:
    return [frame["event"] for frame in ws.until(last) if frame.get("stream") != "inbox"]
