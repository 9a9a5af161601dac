"""Who may see what: each cell of the contract's table, read over REST and received on sockets.

On Alice's list (policy *surprise*, names shown, open to anybody with its id) an editor adds a kettle. Bob buys it with
a message, Carol pledges 10 and pays 5. Then Alice edits the title, so that her own stream has a frame too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.support.cases import covers, says
from tests.contract.support.listening import PATH, Stream, public_stream, signed_in, stream
from tests.contract.support.people import (
    Client,
    Json,
    Person,
    a_link,
    a_list,
    an_item,
    item_path,
    register,
    set_status,
)
from tests.support.socket_client import SocketClient

AUDIENCES = ["GIVER", "PUBLIC", "RECIPIENT"]


@dataclass
class Seen:
    """What one audience gets: the item before and after giving, the frames on the socket, and what belongs to the
    item."""

    before: Json
    rest: Json
    frames: list[Json]
    contributions: Json
    order: list[str]
    purchased_count: Json
    contributors_count: Json


@dataclass
class World:
    bob: Person
    editor: Person
    ids: list[str]
    seen: dict[str, Seen]


@dataclass
class Stage:
    """A client of each audience, with the list open."""

    wishlist: Json
    token: str
    item: Json
    people: dict[str, Person]
    anyone: Client

    def opened(self) -> Json:
        return self.anyone.get("/public/wishlists", params={"token": self.token})

    def read(self, audience: str) -> Json:
        if audience == "PUBLIC":
            return self.opened()["items"][0]
        return self.people[audience].get(item_path(self.item))

    def listen(self, connect: Callable[[str], SocketClient], audience: str) -> Stream:
        if audience == "PUBLIC":
            return public_stream(connect(PATH), self.wishlist, self.token)
        return stream(signed_in(connect, self.people[audience]), self.wishlist)

    def purchased_count(self, audience: str) -> Json:
        """The public has no address that counts purchases."""
        if audience == "PUBLIC":
            return self.opened()["wishlist"].get("purchased_count", "not told")
        return self.people[audience].place(self.wishlist)["purchased_count"]

    def contributors_count(self, audience: str) -> Json:
        """Only an owner may ask. An owner from whom nothing is hidden gets what givers see."""
        alice, carol = self.people["RECIPIENT"], self.people["GIVER"]
        if audience == "PUBLIC":
            return (
                self.people["PUBLIC"]
                .ask("GET", f"/wishlists/{self.wishlist['id']}/delete-impact")
                .status_code
            )
        asked = self.wishlist
        if audience == "GIVER":
            asked = a_list(alice, carol, policy="open")
            carol.post(f"{item_path(an_item(alice, asked))}/contributions", {"amount": 5})
        return alice.get(f"/wishlists/{asked['id']}/delete-impact")["contributors_count"]


@pytest.fixture(scope="module")
def world(
    server: str, alice: Person, bob: Person, carol: Person, charlie: Person, anyone: Client
) -> Iterator[World]:
    editor = register(server, "Eve")
    wishlist = a_list(alice, bob, carol, editor=editor, is_public=True)
    kettle, lamp = an_item(editor, wishlist), an_item(alice, wishlist, title="Lamp")
    people = {"GIVER": carol, "PUBLIC": charlie, "RECIPIENT": alice}
    stage = Stage(wishlist, a_link(alice, wishlist), kettle, people, anyone)
    with ExitStack() as stack:
        address = f"ws{server.removeprefix('http')}"
        listeners = {
            audience: stage.listen(lambda path: stack.enter_context(SocketClient(address + path)), audience)
            for audience in AUDIENCES
        }
        before = {audience: stage.read(audience) for audience in AUDIENCES}
        set_status(bob, kettle, "purchased", reservation_message="From Bob")
        for money in ({"amount": 10}, {"amount": 5, "status": "paid"}):
            carol.post(f"{item_path(kettle)}/contributions", money)
        edited = alice.patch(item_path(lamp), {"title": "Lantern"})
        seen = {
            audience: _look(stage, audience, before[audience], listeners[audience], edited)
            for audience in AUDIENCES
        }
        yield World(bob, editor, [kettle["id"], lamp["id"]], seen)


def _look(stage: Stage, audience: str, before: Json, listener: Stream, edited: Json) -> Seen:
    """Collect all frames up to the edit, which every audience gets, as the next event in order."""
    frames = []
    while (frame := listener.hears("item_updated")["item"])["id"] != edited["id"]:
        frames.append(frame)
    assert frame == edited
    person = stage.people[audience]
    return Seen(
        before=before,
        rest=stage.read(audience),
        frames=frames,
        contributions=person.get(f"{item_path(stage.item)}/contributions"),
        order=[row["id"] for row in person.get(f"/wishlists/{stage.wishlist['id']}/items")],
        purchased_count=stage.purchased_count(audience),
        contributors_count=stage.contributors_count(audience),
    )


NONE = {"total": 0, "total_pledged": 0, "total_paid": 0, "contributions": []}
Expected = Callable[[World, Seen], Any]

ITEM_CELLS: dict[str, Expected] = {
    "GIVER: reservation_status": lambda w, s: "purchased",
    "PUBLIC: reservation_status": lambda w, s: "purchased",
    "RECIPIENT: reservation_status": lambda w, s: "available",
    "GIVER: units_free": lambda w, s: 0,
    "PUBLIC: units_free": lambda w, s: 0,
    "RECIPIENT: units_free": lambda w, s: 1,
    "GIVER: reserved_by_id": lambda w, s: w.bob.id,
    "PUBLIC: reserved_by_id": lambda w, s: None,
    "RECIPIENT: reserved_by_id": lambda w, s: None,
    "GIVER: reserved_by_name": lambda w, s: "Bob",
    "PUBLIC: reserved_by_name": lambda w, s: None,
    "RECIPIENT: reserved_by_name": lambda w, s: None,
    "GIVER: reserved_at": lambda w, s: s.rest["reserved_at"] or "a time",
    "PUBLIC: reserved_at": lambda w, s: None,
    "RECIPIENT: reserved_at": lambda w, s: None,
    "GIVER: reservation_message": lambda w, s: "From Bob",
    "PUBLIC: reservation_message": lambda w, s: None,
    "RECIPIENT: reservation_message": lambda w, s: None,
    "GIVER: contributed_total": lambda w, s: 15,
    "PUBLIC: contributed_total": lambda w, s: 15,
    "RECIPIENT: contributed_total": lambda w, s: 0,
    "GIVER: contributed_pledged": lambda w, s: 10,
    "PUBLIC: contributed_pledged": lambda w, s: 10,
    "RECIPIENT: contributed_pledged": lambda w, s: 0,
    "GIVER: contributed_paid": lambda w, s: 5,
    "PUBLIC: contributed_paid": lambda w, s: 5,
    "RECIPIENT: contributed_paid": lambda w, s: 0,
    "GIVER: contributed_by_id": lambda w, s: w.editor.id,
    "PUBLIC: contributed_by_id": lambda w, s: None,
    "RECIPIENT: contributed_by_id": lambda w, s: w.editor.id,
    "GIVER: updated_at": lambda w, s: s.before["updated_at"],
    "PUBLIC: updated_at": lambda w, s: s.before["updated_at"],
    "RECIPIENT: updated_at": lambda w, s: s.before["updated_at"],
    "GIVER: position": lambda w, s: s.before["position"],
    "PUBLIC: position": lambda w, s: s.before["position"],
    "RECIPIENT: position": lambda w, s: s.before["position"],
}
OTHER_CELLS: dict[str, Expected] = {
    "GIVER: contributions": lambda w, s: (15, 10, 5, ["Carol", "Carol"]),
    "PUBLIC: contributions": lambda w, s: (15, 10, 5, [None, None]),
    "RECIPIENT: contributions": lambda w, s: (0, 0, 0, []),
    "GIVER: purchased_count": lambda w, s: 1,
    "PUBLIC: purchased_count": lambda w, s: "not told",
    "RECIPIENT: purchased_count": lambda w, s: 0,
    "GIVER: contributors_count": lambda w, s: 1,
    "PUBLIC: contributors_count": lambda w, s: 403,
    "RECIPIENT: contributors_count": lambda w, s: 0,
    "GIVER: order": lambda w, s: w.ids,
    "PUBLIC: order": lambda w, s: w.ids,
    "RECIPIENT: order": lambda w, s: w.ids,
}


@covers(*ITEM_CELLS)
@pytest.mark.parametrize("cell", ITEM_CELLS)
def test_each_audience_sees_the_fields_of_an_item_in_its_column(world: World, cell: str) -> None:
    audience, name = cell.split(": ")
    seen = world.seen[audience]
    expected = ITEM_CELLS[cell](world, seen)
    assert seen.rest[name] == expected
    if seen.frames:
        assert seen.frames[-1][name] == expected


@covers(*OTHER_CELLS)
@pytest.mark.parametrize("cell", OTHER_CELLS)
def test_each_audience_sees_what_belongs_to_an_item_in_its_column(world: World, cell: str) -> None:
    audience, name = cell.split(": ")
    seen = world.seen[audience]
    shown = getattr(seen, name)
    if name == "contributions":
        names = [row["display_name"] for row in shown["contributions"]]
        shown = (shown["total"], shown["total_pledged"], shown["total_paid"], names)
    assert shown == OTHER_CELLS[cell](world, seen)


@pytest.mark.parametrize("audience", ["GIVER", "PUBLIC", "RECIPIENT"])
def test_rest_and_socket_show_the_same_item(world: World, audience: str) -> None:
    seen = world.seen[audience]
    assert len(seen.frames) == (0 if audience == "RECIPIENT" else 3)
    assert all(frame == seen.rest for frame in seen.frames[-1:])
    if audience == "RECIPIENT":
        assert seen.rest == seen.before


@says("No item field differs between two viewers of one audience")
def test_nobody_sees_more_than_their_audience(
    alice: Person, bob: Person, carol: Person, charlie: Person, anyone: Client
) -> None:
    made = a_list(alice, bob, carol, is_public=True)
    item = an_item(alice, made)
    set_status(bob, item, "reserved", reservation_message="Mine")
    assert bob.get(item_path(item)) == carol.get(item_path(item))
    query = {"token": a_link(alice, made)}
    [by_link] = anyone.get("/public/wishlists", params=query)["items"]
    assert by_link == charlie.get(item_path(item))
    assert (
        anyone.get("/public/wishlists", params=query)["items"]
        == bob.get("/public/wishlists", params=query)["items"]
    )


@says("when one holder has it all and names are shown, else null")
@pytest.mark.parametrize("why", ["names are hidden", "it has two holders", "some is free"])
def test_holder_is_null_with_hidden_names_or_several_holders(
    alice: Person, bob: Person, carol: Person, why: str
) -> None:
    made = a_list(alice, bob, carol, names_shown=why != "names are hidden")
    item = an_item(alice, made, quantity=1 if why == "names are hidden" else 2)
    seen = set_status(bob, item, "reserved", reservation_message="Mine")
    if why == "it has two holders":
        seen = set_status(carol, item, "reserved")
    held_by = ("reserved_by_id", "reserved_by_name", "reserved_at", "reservation_message")
    assert [seen[name] for name in held_by] == [None] * 4


@says("*Status*: recipients see status and units, nobody's name; *open*: as GIVER")
@pytest.mark.parametrize("policy", ["surprise", "status", "open"])
def test_policy_sets_what_recipients_see(alice: Person, bob: Person, policy: str) -> None:
    made = a_list(alice, bob, policy=policy)
    item = an_item(alice, made)
    bob.post(f"{item_path(item)}/contributions", {"amount": 5})
    set_status(bob, item, "purchased")
    seen = alice.get(item_path(item))
    assert seen["reservation_status"] == ("available" if policy == "surprise" else "purchased")
    assert seen["units_free"] == (1 if policy == "surprise" else 0)
    assert seen["reserved_by_name"] == ("Bob" if policy == "open" else None)
    assert seen["contributed_total"] == (5 if policy == "open" else 0)
    assert alice.place(made)["purchased_count"] == (0 if policy == "surprise" else 1)
    contributions = alice.get(f"{item_path(item)}/contributions")
    assert contributions == (bob_sees(contributions) if policy == "open" else NONE)


def bob_sees(contributions: Json) -> Json:
    assert [row["display_name"] for row in contributions["contributions"]] == ["Bob"]
    return contributions


@says("what recipients marked received")
def test_recipients_count_what_they_marked_received(alice: Person, bob: Person) -> None:
    made = a_list(alice, bob)
    kettle, lamp = an_item(alice, made), an_item(alice, made, title="Lamp")
    set_status(bob, kettle, "purchased")
    assert alice.place(made)["purchased_count"] == 0
    set_status(alice, lamp, "purchased")
    assert alice.place(made)["purchased_count"] == 1
    assert bob.place(made)["purchased_count"] == 2
