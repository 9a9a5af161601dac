"""The events of a list, and that they contain what a fresh read shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.listening import (
    PATH,
    Connect,
    Stream,
    following,
    public_stream,
    signed_in,
    stream,
)
from tests.contract.support.people import (
    Client,
    Guest,
    Json,
    Person,
    a_link,
    a_list,
    an_item,
    item_path,
    let_in,
    set_status,
)


@pytest.fixture
def listeners(connect: Connect, alice: Person, bob: Person, wishlist: Json) -> dict[str, Stream]:
    """Return one listener of each audience."""
    token = a_link(alice, wishlist)
    return {
        "RECIPIENT": stream(signed_in(connect, alice), wishlist),
        "GIVER": stream(signed_in(connect, bob), wishlist),
        "PUBLIC": public_stream(connect(PATH), wishlist, token),
    }


@covers("server item_added", "server item_added.item", "server item_updated", "server item_updated.item")
@covers(
    "server item_removed",
    "server item_removed.item_id",
    "answer /wishlists/{id}/suggestions/{sid}/accept: item_added",
)
@says("Every event about a list carries `wishlist_id` and `seq`")
def test_changes_of_items_are_pushed(
    listeners: dict[str, Stream], alice: Person, anyone: Client, wishlist: Json
) -> None:
    added = an_item(alice, wishlist)
    assert [listener.hears("item_added")["item"] for listener in listeners.values()] == [added] * 3
    changed = alice.patch(item_path(added), {"title": "Teapot", "price": 20})
    assert [listener.hears("item_updated")["item"] for listener in listeners.values()] == [changed] * 3
    alice.delete(item_path(added))
    assert [listener.hears("item_removed")["item_id"] for listener in listeners.values()] == [added["id"]] * 3
    query = {"token": token_of(alice, wishlist)}
    suggested = anyone.post("/public/wishlists/suggestions", {"title": "Book"}, params=query)
    alice.post(f"/wishlists/{wishlist['id']}/suggestions/{suggested['id']}/accept", expect=204)
    assert {listener.hears("item_added")["item"]["title"] for listener in listeners.values()} == {"Book"}


def token_of(owner: Person, wishlist: Json) -> str:
    token = owner.get(f"/wishlists/{wishlist['id']}/public-link")["token"]
    assert isinstance(token, str)
    return token


@covers("server list_updated", "server list_updated.wishlist")
def test_changed_list_is_pushed(listeners: dict[str, Stream], alice: Person, wishlist: Json) -> None:
    changed = alice.patch(f"/wishlists/{wishlist['id']}", {"title": "Name day", "due_date": "2030-01-01"})
    for listener in listeners.values():
        shown = listener.hears("list_updated")["wishlist"]
        assert changed.items() >= shown.items()
        assert shown.keys() >= {"id", "title", "due_date", "policy", "updated_at"}


@covers("server list_deleted", "server list_deleted.wishlist_id", "server unsubscribed.code")
@says("a list withdrawn or deleted is `unsubscribed {code}`")
def test_deleted_list_is_pushed(listeners: dict[str, Stream], alice: Person, wishlist: Json) -> None:
    alice.delete(f"/wishlists/{wishlist['id']}")
    for listener in listeners.values():
        listener.hears("list_deleted")
        gone = listener.ws.until("unsubscribed")[-1]
        assert (gone["wishlist_id"], gone["code"]) == (wishlist["id"], 4410)
    assert listeners["PUBLIC"].ws.closed() == 4410
    giver = listeners["GIVER"].ws
    giver.send("ping")
    # Members also get the notification that the list is gone, before or after this event.
    assert giver.until("pong")[-1]["event"] == "pong"


USER = "id display_name avatar_url"


def heard_of(listener: Stream, event: str, person: Person) -> None:
    assert listener.hears(event)["user"] == {"id": person.id, "display_name": person.name, "avatar_url": None}


@covers(*each("server member_", "joined left removed joined.user left.user removed.user"))
@covers(*each("server member_joined.user.", USER), *each("server member_left.user.", USER))
@covers(*each("server member_removed.user.", USER))
@covers(*each("answer /wishlists/{id}/shares/{userId}: ", "member_removed member_left"))
@says("`member_*` goes to recipients and givers, never to the public")
def test_joins_and_leaves_are_pushed(
    listeners: dict[str, Stream], alice: Person, charlie: Person, wishlist: Json
) -> None:
    shares = f"/wishlists/{wishlist['id']}/shares"
    for leaver, event in ((alice, "member_removed"), (charlie, "member_left")):
        let_in(alice, wishlist, charlie)
        leaver.delete(f"{shares}/{charlie.id}")
        for audience in ("RECIPIENT", "GIVER"):
            heard_of(listeners[audience], "member_joined", charlie)
            heard_of(listeners[audience], event, charlie)
    added = an_item(alice, wishlist)
    assert listeners["PUBLIC"].hears("item_added")["item"] == added


GIVING: dict[str, Callable[[Person, Guest, Json], Json]] = {
    "reserved": lambda bob, _guest, item: set_status(bob, item, "reserved"),
    "purchased": lambda bob, _guest, item: set_status(bob, item, "purchased"),
    "chipped in": lambda bob, _guest, item: bob.post(f"{item_path(item)}/contributions", {"amount": 5}),
    "by a guest": lambda _bob, guest, item: guest.set_status(item, "reserved"),
    "money of a guest": lambda _bob, guest, item: guest.chip_in(item, 5),
}


@pytest.mark.parametrize("act", GIVING)
def test_givers_and_public_get_events_of_giving_and_recipients_do_not(
    listeners: dict[str, Stream],
    alice: Person,
    bob: Person,
    carol: Person,
    anyone: Client,
    wishlist: Json,
    act: str,
) -> None:
    item = an_item(alice, wishlist)
    for listener in listeners.values():
        listener.hears("item_added")
    guest = Guest(anyone, token_of(alice, wishlist))
    GIVING[act](bob, guest, item)
    assert listeners["GIVER"].hears("item_updated")["item"] == carol.get(item_path(item))
    [public] = anyone.get("/public/wishlists", params=guest.query)["items"]
    assert listeners["PUBLIC"].hears("item_updated")["item"] == public
    edited = alice.patch(item_path(item), {"title": "Teapot"})
    assert listeners["RECIPIENT"].hears("item_updated")["item"] == edited


@covers(
    "client unsubscribe",
    "client unsubscribe.wishlist_id",
    "server unsubscribed",
    "server unsubscribed.wishlist_id",
)
def test_unsubscribed_socket_gets_no_more_events(
    connect: Connect, alice: Person, bob: Person, wishlist: Json
) -> None:
    ws = following(connect, bob, wishlist)
    reply = ws.ask("unsubscribe", wishlist_id=wishlist["id"])
    assert reply == {"event": "unsubscribed", "wishlist_id": wishlist["id"]}
    an_item(alice, wishlist)
    assert ws.ask("ping")["event"] == "pong"
    assert stream(ws, wishlist).ws is ws


def test_removed_member_gets_no_more_events(connect: Connect, alice: Person, bob: Person) -> None:
    made = a_list(alice, bob)
    other = a_list(alice, bob)
    ws = following(connect, bob, made)
    assert ws.ask("subscribe", wishlist_id=other["id"])["event"] == "subscribed"
    alice.delete(f"/wishlists/{made['id']}/shares/{bob.id}")
    frames = ws.until("unsubscribed")
    assert (frames[-1]["wishlist_id"], frames[-1]["code"]) == (made["id"], 4403)
    an_item(alice, made)
    kept = an_item(alice, other)
    assert ws.next()["item"]["id"] == kept["id"]


@says("is told to those who had taken it")
def test_every_audience_gets_a_recipients_mark(
    listeners: dict[str, Stream], alice: Person, wishlist: Json
) -> None:
    item = an_item(alice, wishlist)
    marked = set_status(alice, item, "purchased")
    for listener in listeners.values():
        listener.hears("item_added")
        heard = listener.hears("item_updated")["item"]
        assert (heard["reservation_status"], heard["received_at"]) == ("purchased", marked["received_at"])
