"""Ways into a socket, and which handshakes are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from tests.contract.support.cases import covers, each, says
from tests.contract.support.listening import PATH, Connect, following, signed_in
from tests.contract.support.people import Client, Json, Person, a_link, a_list, an_item, let_in

NOBODYS = "00000000-0000-4000-8000-00000000dead"


@covers(
    "socket /api/v1/ws", "socket /ws", "socket by message auth", "client auth", "client auth.access_token"
)
@covers("server authenticated", *each("server authenticated.", "user_id epoch seq"))
@pytest.mark.parametrize("path", ["/api/v1/ws", "/ws"])
def test_token_in_a_message_is_accepted(connect: Connect, bob: Person, path: str) -> None:
    reply = connect(path).ask("auth", access_token=bob.access)
    assert reply.keys() == {"event", "user_id", "epoch", "seq"}
    assert (reply["event"], reply["user_id"]) == ("authenticated", bob.id)
    assert (type(reply["epoch"]), type(reply["seq"])) == (str, int)


@covers("socket by ?access_token=", "socket by ?token=")
@pytest.mark.parametrize("name", ["access_token", "token"])
def test_token_in_the_query_is_accepted(connect: Connect, bob: Person, wishlist: Json, name: str) -> None:
    ws = connect(f"{PATH}?{name}={bob.access}")
    assert ws.next()["user_id"] == bob.id
    assert ws.ask("subscribe", wishlist_id=wishlist["id"])["event"] == "subscribed"


@covers("socket by ?public_token=", "server subscribed.public")
@says("subscribed to that list at once")
def test_public_token_in_the_query_is_accepted(
    connect: Connect, alice: Person, wishlist: Json, item: Json
) -> None:
    ws = connect(f"{PATH}?public_token={a_link(alice, wishlist)}")
    frame = ws.next()
    assert (frame["event"], frame["wishlist_id"], frame["public"]) == ("subscribed", wishlist["id"], True)
    alice.patch(f"/items/{item['id']}", {"title": "Teapot"})
    assert ws.next()["item"]["title"] == "Teapot"


@covers(
    "socket by message subscribe_public", "client subscribe_public", "client subscribe_public.public_token"
)
def test_public_token_in_a_message_is_accepted(
    connect: Connect, alice: Person, wishlist: Json, item: Json
) -> None:
    ws = connect(PATH)
    reply = ws.ask("subscribe_public", public_token=a_link(alice, wishlist))
    assert (reply["event"], reply["wishlist_id"], reply["public"]) == ("subscribed", wishlist["id"], True)
    alice.patch(f"/items/{item['id']}", {"title": "Teapot"})
    assert ws.next()["item"]["title"] == "Teapot"


@says("A bad credential in the *query* is refused before accept (HTTP 403")
@pytest.mark.parametrize("query", ["access_token=x.y.z", "token=x", "token=", "public_token=x"])
def test_bad_credential_in_the_query_is_refused(connect: Connect, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{PATH}?{query}")
    assert refused.value.response.status_code == 403


def test_ended_session_and_revoked_link_in_the_query_are_refused(
    connect: Connect, anyone: Client, alice: Person, newcomer: Callable[[str], Person]
) -> None:
    dora = newcomer("Dora")
    anyone.post("/auth/logout", {"refresh_token": dora.refresh}, expect=204)
    made = a_list(alice)
    token = a_link(alice, made)
    alice.delete(f"/wishlists/{made['id']}/public-link")
    for query in (f"access_token={dora.access}", f"public_token={token}"):
        with pytest.raises(InvalidStatus, match="403"):
            connect(f"{PATH}?{query}")


@says("A socket without `Origin` passes; a foreign one is 403")
def test_foreign_origins_are_refused(connect: Connect, server: str, bob: Person) -> None:
    for origin in (None, server, "http://localhost:3000"):
        assert connect(PATH, origin=origin).ask("auth", access_token=bob.access)["event"] == "authenticated"
    with pytest.raises(InvalidStatus, match="403"):
        connect(PATH, origin="https://evil.example")


@covers("client subscribe", "client subscribe.wishlist_id", "server subscribed")
@covers(*each("server subscribed.", "wishlist_id epoch seq"))
@says("`subscribed` comes first", "One socket may follow many lists")
def test_one_socket_follows_many_lists(connect: Connect, alice: Person, bob: Person) -> None:
    lists = [a_list(alice, bob, title=title) for title in ("one", "two")]
    ws = signed_in(connect, bob)
    for made in lists:
        reply = ws.ask("subscribe", wishlist_id=made["id"])
        assert reply.keys() == {"event", "wishlist_id", "epoch", "seq"}
        assert reply["wishlist_id"] == made["id"]
    for made in lists:
        added = an_item(alice, made)
        frame = ws.next()
        assert (frame["wishlist_id"], frame["item"]["id"]) == (made["id"], added["id"])


@covers("server error", *each("server error.", "code message wishlist_id"))
@says("One bad list does not end a socket of many: a failed `subscribe` is `error`")
def test_subscribing_to_an_inaccessible_list_is_refused(
    connect: Connect, bob: Person, charlie: Person, wishlist: Json
) -> None:
    private = a_list(charlie)
    ws = following(connect, bob, wishlist)
    for wishlist_id in (private["id"], NOBODYS):
        error = ws.ask("subscribe", wishlist_id=wishlist_id)
        assert (error["event"], error["code"], error["wishlist_id"]) == ("error", "no_such_list", wishlist_id)
        assert error["message"].endswith(".")
    assert ws.ask("subscribe_public", public_token="x")["event"] == "error"
    let_in(charlie, private, bob)
    ws.send("subscribe", wishlist_id=private["id"])
    assert ws.until("subscribed")[-1]["wishlist_id"] == private["id"]


def test_signed_in_stranger_follows_a_public_list_as_the_public(
    connect: Connect, alice: Person, bob: Person, charlie: Person
) -> None:
    made = a_list(alice, bob, is_public=True)
    item = an_item(alice, made)
    ws = following(connect, charlie, made)
    bob.patch(f"/items/{item['id']}", {"reservation_status": "reserved"})
    frame = ws.next()
    assert (frame["item"]["reservation_status"], frame["item"]["reserved_by_id"]) == ("reserved", None)


def test_following_by_id_needs_an_account(connect: Connect, alice: Person) -> None:
    ws = connect(PATH)
    ws.send("subscribe", wishlist_id=a_list(alice, is_public=True)["id"])
    assert ws.closed() == 4401
