"""The protocol of the socket: ways in, the answer to each bad frame, and close codes."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from websockets.exceptions import InvalidStatus

from accounts.models import User
from accounts.queries.sessions import COOKIE_KEY
from accounts.services.sessions import start_session
from realtime.log.streams import inbox_key, list_key, position_of
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.sockets.people import by_link, following, retitle, signed_in, titles, token_of
from tests.support.running.live import OpenSocket
from tests.support.running.site import Site
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.items import remove_item
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.django_db(transaction=True)


def cookie_of(user: User) -> dict[str, str]:
    """Return the cookie that a browser sends in which `user` is logged in."""
    store = SessionStore()
    store[COOKIE_KEY] = str(start_session(user=user).pk)
    store.create()
    return {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={store.session_key}"}


def reserve(item: Item, user: User) -> None:
    item.wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    reserve_item(item=item, by=Viewer(user=user))


@pytest.mark.parametrize("path", ["/ws", "/ws/", "/api/v1/ws", "/api/v1/ws/"])
def test_every_address_of_the_socket_works(connect: OpenSocket, alice: User, path: str) -> None:
    ws = connect(path)
    position = position_of(inbox_key(alice.pk))
    assert ws.ask("auth", access_token=token_of(alice)) == {
        "event": "authenticated",
        "user_id": str(alice.pk),
        "epoch": position.epoch,
        "seq": position.seq,
    }


def test_another_address_is_refused(connect: OpenSocket, db: None) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        connect("/api/v1/elsewhere")


@pytest.mark.parametrize("name", ["access_token", "token"])
def test_token_in_the_query_is_accepted(
    connect: OpenSocket, wishlist: Wishlist, bob: User, name: str
) -> None:
    ws = connect(f"/ws?{name}={token_of(bob)}")
    assert ws.next()["user_id"] == str(bob.pk)
    position = position_of(list_key(wishlist.pk, Audience.GIVER))
    assert ws.ask("subscribe", wishlist_id=wishlist.pk) == {
        "event": "subscribed",
        "wishlist_id": str(wishlist.pk),
        "epoch": position.epoch,
        "seq": position.seq,
    }


def test_client_that_subscribes_by_type_gets_item_deleted(
    connect: OpenSocket, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    """The other words are for that client alone, also for what it missed."""
    other, ws = following(connect, alice, wishlist), signed_in(connect, bob)
    since = {"epoch": (at := position_of(list_key(wishlist.pk, Audience.GIVER))).epoch, "since": at.seq}
    subscribe = {"type": "subscribe", "payload": {"list_id": str(wishlist.pk)}}
    ws.send_text(json.dumps(subscribe))
    assert ws.next()["event"] == "subscribed"
    remove_item(item=Item.objects.get(pk=item.pk), by=Viewer(user=alice))
    seen = ws.next()
    assert (seen["event"], seen["item_id"]) == ("item_deleted", str(item.pk))
    assert other.next()["event"] == "item_removed"
    ws.send_text(json.dumps({"type": "unsubscribe", "payload": {"list_id": str(wishlist.pk)}}))
    assert ws.next()["event"] == "unsubscribed"
    ws.send_text(json.dumps(subscribe | {"payload": subscribe["payload"] | since}))  # type: ignore[operator]
    assert [ws.next()["event"] for _ in range(2)] == ["subscribed", "item_deleted"]
    for payload in ({}, None, {"list_id": 5}):
        ws.send_text(json.dumps({"type": "subscribe", "payload": payload}))
        assert ws.next()["code"] == "invalid_field"


def test_public_token_in_the_query_follows_the_list_at_once(
    connect: OpenSocket, wishlist: Wishlist, link: PublicLink, item: Item
) -> None:
    ws = connect(f"/ws?public_token={link_token(link)}")
    first = ws.next()
    assert (first["event"], first["wishlist_id"], first["public"]) == ("subscribed", str(wishlist.pk), True)
    retitle(item, "Kettle, red")
    assert ws.next()["seq"] == first["seq"] + 1


@pytest.mark.parametrize("query", ["access_token=x", "token=", "public_token=x", "public_token="])
def test_bad_credential_in_the_query_is_refused_before_accept(
    connect: OpenSocket, db: None, query: str
) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"/ws?{query}")


def test_revoked_link_in_the_query_is_refused(connect: OpenSocket, link: PublicLink) -> None:
    link.revoked_at = link.created_at
    link.save()
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"/ws?public_token={link_token(link)}")


def test_foreign_origins_are_refused(connect: OpenSocket, site: Site, alice: User) -> None:
    for origin in (site.url, "http://localhost:3000"):
        assert connect(origin=origin).ask("ping")["event"] == "pong"
    for origin in ("https://evil.example", "null", f"{site.url}1", "http://["):
        with pytest.raises(InvalidStatus, match=r"40[03]"):  # 400: the server rejects it as no valid request
            connect(origin=origin)


def test_cookie_counts_only_on_our_own_pages(connect: OpenSocket, site: Site, alice: User, bob: User) -> None:
    cookie = cookie_of(alice)
    own = connect(origin=site.url, additional_headers=cookie)
    assert own.next()["user_id"] == str(alice.pk)
    for others in ({}, {"origin": "http://localhost:3000"}):
        assert connect(additional_headers=cookie, **others).ask("ping")["event"] == "pong"
    outright = connect(f"/ws?access_token={token_of(bob)}", origin=site.url, additional_headers=cookie)
    assert outright.next()["user_id"] == str(bob.pk)


@pytest.mark.parametrize("way", ["message", "query", "cookie", "afterwards"])
def test_recipient_who_comes_by_the_link_stays_a_recipient(
    connect: OpenSocket,
    site: Site,
    wishlist: Wishlist,
    item: Item,
    link: PublicLink,
    alice: User,
    bob: User,
    way: str,
) -> None:
    """A person who has identified themselves does not become the public by following through the public link."""
    token = link_token(link)
    if way == "message":
        ws = signed_in(connect, alice)
        assert ws.ask("subscribe_public", public_token=token)["event"] == "subscribed"
    elif way == "query":
        ws = connect(f"/ws?access_token={token_of(alice)}&public_token={token}")
        assert [ws.next()["event"] for _ in range(2)] == ["authenticated", "subscribed"]
    elif way == "cookie":
        ws = connect(f"/ws?public_token={token}", origin=site.url, additional_headers=cookie_of(alice))
        assert ws.next()["event"] == "subscribed"
    else:
        ws = by_link(connect, link)
        reserve(item, bob)
        assert ws.next()["item"]["reservation_status"] == "reserved"
        ws.send("auth", access_token=token_of(alice))
        frames = ws.until("resync")
        assert frames[-1]["snapshot"]["items"][0]["reservation_status"] == "available"
        if len(frames) == 1:
            assert ws.next()["event"] == "authenticated"
        item.reservations.get().save()
    if way != "afterwards":
        reserve(item, bob)
    item.refresh_from_db()
    retitle(item, "Kettle, red")
    [frame] = [ws.next()]
    assert (frame["item"]["title"], frame["item"]["reservation_status"]) == ("Kettle, red", "available")


def test_control_public_gets_the_reservation(
    connect: OpenSocket, item: Item, link: PublicLink, charlie: User, bob: User
) -> None:
    """Control: somebody else who comes by the same link does get the reservation."""
    ws = signed_in(connect, charlie)
    assert ws.ask("subscribe_public", public_token=link_token(link))["event"] == "subscribed"
    reserve(item, bob)
    assert ws.next()["item"]["reservation_status"] == "reserved"


SOME_ID = str(uuid.uuid4())

BAD = [
    ("not json", "bad_json"),
    ("", "bad_json"),
    ("\ud7ff{", "bad_json"),
    ("[" * 5_000, "bad_json"),
    ('{"event": "auth", "access_token": "\\ud800"}', "bad_json"),
    ("[]", "bad_frame"),
    ("7", "bad_frame"),
    ("{}", "bad_frame"),
    ('{"event": 7}', "bad_frame"),
    ('{"event": "dance"}', "unknown_event"),
    ('{"event": "subscribe"}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": 7}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "x"}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "LIST", "since": -1}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "LIST", "since": 9223372036854775808}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "LIST", "since": 1e400}', "bad_json"),
    ('{"event": "subscribe", "wishlist_id": "LIST", "since": true}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "LIST", "epoch": 1}', "invalid_field"),
    ('{"event": "unsubscribe", "wishlist_id": null}', "invalid_field"),
    ('{"event": "ack"}', "invalid_field"),
    ('{"event": "subscribe_public", "public_token": "a\\u0000b"}', "invalid_field"),
    ('{"event": "subscribe_public", "public_token": {}}', "invalid_field"),
    ('{"event": "auth", "access_token": 1}', "invalid_field"),
    ('{"event": "subscribe", "wishlist_id": "LIST"}', "no_such_list"),
]


def test_bad_frame_gets_an_error_and_the_socket_stays_open(connect: OpenSocket, alice: User) -> None:
    token = token_of(alice)
    for text, code in BAD:
        with connect(f"/ws?access_token={token}") as ws:
            assert ws.next()["event"] == "authenticated"
            ws.socket.send(text.replace("LIST", SOME_ID))
            error = ws.next()
            assert (error["event"], error["code"]) == ("error", code), text
            assert error["message"].endswith(".")
            assert ws.ask("ping")["event"] == "pong"


def test_fifth_unreadable_frame_closes_the_socket(connect: OpenSocket, alice: User) -> None:
    ws = signed_in(connect, alice)
    for _ in range(4):
        ws.socket.send("nonsense")
        assert ws.next()["code"] == "bad_json"
    assert ws.ask("ping")["event"] == "pong"
    ws.socket.send("nonsense")
    assert ws.closed() == 4400


@pytest.mark.parametrize(("data", "code"), [(b"{}", 4400), ("x" * 65_537, 4413), ("ä" * 40_000, 4413)])
def test_binary_and_oversize_frames_close_the_socket(
    connect: OpenSocket, alice: User, data: Any, code: int
) -> None:
    ws = signed_in(connect, alice)
    ws.socket.send(data)
    assert ws.next()["event"] == "error"
    assert ws.closed() == code


def test_too_many_messages_close_the_socket(connect: OpenSocket, alice: User) -> None:
    ws = signed_in(connect, alice)
    for _ in range(130):
        ws.socket.send('{"event": "ping"}')
    assert ws.until("error")[-1]["code"] == "too_many_messages"
    assert ws.closed() == 4429


def test_answers_to_our_frames_count_little(connect: OpenSocket, alice: User, wishlist: Wishlist) -> None:
    ws = following(connect, alice, wishlist)
    for seq in range(500):
        ws.send("ack", wishlist_id=wishlist.pk, seq=seq)
    assert ws.ask("ping")["event"] == "pong"


def test_too_many_sockets_are_refused(connect: OpenSocket, alice: User) -> None:
    token = token_of(alice)
    kept = [connect(f"/ws?access_token={token}") for _ in range(20)]
    assert {ws.next()["event"] for ws in kept} == {"authenticated"}
    refused = connect(f"/ws?access_token={token}")
    assert refused.next()["code"] == "too_many_sockets"
    assert refused.closed() == 4429
    assert kept[0].ask("ping")["event"] == "pong"


@pytest.mark.parametrize(
    ("message", "code", "closed"),
    [
        ({"event": "auth", "access_token": "x"}, "not_authenticated", 4401),
        ({"event": "subscribe", "wishlist_id": SOME_ID}, "not_authenticated", 4401),
        ({"event": "subscribe_public", "public_token": "x"}, "no_such_list", 4404),
    ],
)
def test_credentials_by_message_get_an_error_and_a_close_code(
    connect: OpenSocket, db: None, message: dict[str, str], code: str, closed: int
) -> None:
    ws = connect()
    assert ws.ask(**message)["code"] == code
    assert ws.closed() == closed


def test_revoked_link_closes_its_socket(connect: OpenSocket, link: PublicLink) -> None:
    link.revoked_at = link.created_at
    link.save()
    ws = connect()
    assert ws.ask("subscribe_public", public_token=link_token(link))["code"] == "list_gone"
    assert ws.closed() == 4410


def test_one_bad_list_does_not_end_a_socket_that_follows_others(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User, charlie: User
) -> None:
    theirs = Wishlist.objects.create(
        owner=charlie, tenant=charlie.tenant, title="Private", updated_at=wishlist.updated_at
    )
    ws = following(connect, bob, wishlist)
    for wishlist_id in (theirs.pk, uuid.uuid4()):
        error = ws.ask("subscribe", wishlist_id=wishlist_id)
        assert (error["code"], error["wishlist_id"]) == ("no_such_list", str(wishlist_id))
    assert ws.ask("subscribe_public", public_token="x")["code"] == "no_such_list"
    retitle(item, "Kettle, red")
    assert titles(ws, "Kettle, red") == ["Kettle, red"]


def test_socket_cannot_change_its_person(connect: OpenSocket, alice: User, bob: User) -> None:
    ws = signed_in(connect, alice)
    assert ws.ask("auth", access_token=token_of(bob))["code"] == "already_authenticated"
    assert ws.ask("auth", access_token=token_of(alice))["user_id"] == str(alice.pk)
