"""Events of a person's own inbox: notifications, suggestions for the owner, and pictures of people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.installation import Installation
from tests.contract.support.listening import PATH, Connect, receive_in_inbox, signed_in
from tests.contract.support.people import Client, Person, a_link, a_list
from tests.support.running.site import manage


@pytest.fixture
def dora(newcomer: Callable[[str], Person]) -> Person:
    """A person with an empty inbox."""
    return newcomer("Dora")


@covers("server notification", "server notification.notification")
@says('carries `stream: "inbox"` and a `seq` of its own, announced by `authenticated`')
def test_notification_is_pushed(connect: Connect, alice: Person, dora: Person) -> None:
    ws = connect(PATH)
    seq = ws.ask("auth", access_token=dora.access)["seq"]
    a_list(alice, dora)
    frame = ws.next()
    assert frame == {
        "event": "notification",
        "stream": "inbox",
        "seq": seq + 1,
        "notification": dora.get("/notifications")[0],
    }


@covers("server suggestion_added", "server suggestion_added.suggestion")
@covers("server suggestion_removed", "server suggestion_removed.suggestion_id")
@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_owner_gets_suggestions(
    connect: Connect, anyone: Client, dora: Person, bob: Person, verb: str
) -> None:
    made = a_list(dora, bob)
    ws, others = signed_in(connect, dora), signed_in(connect, bob)
    query = {"token": a_link(dora, made)}
    suggested = anyone.post("/public/wishlists/suggestions", {"title": "Book"}, params=query)
    added = receive_in_inbox(ws, "suggestion_added")
    assert (added["suggestion"], added["wishlist_id"]) == (suggested, made["id"])
    dora.post(f"/wishlists/{made['id']}/suggestions/{suggested['id']}/{verb}", expect=204)
    removed = receive_in_inbox(ws, "suggestion_removed")
    assert (removed["suggestion_id"], removed["wishlist_id"]) == (suggested["id"], made["id"])
    assert others.ask("ping")["event"] == "pong"


@covers("server avatar_changed", *each("server avatar_changed.", "user_id avatar_url"))
def test_new_picture_is_pushed(connect: Connect, dora: Person, bob: Person, charlie: Person) -> None:
    a_list(dora, bob)
    own, friends, strangers = (signed_in(connect, person) for person in (dora, bob, charlie))
    for picture in ("https://example.com/dora.png", None):
        dora.patch("/users/me", {"avatar_url": picture})
        for ws in (own, friends):
            frame = receive_in_inbox(ws, "avatar_changed")
            assert (frame["user_id"], frame["avatar_url"]) == (dora.id, picture)
    assert strangers.ask("ping")["event"] == "pong"


@covers("server job_progress", *each("server job_progress.", "job_id done total state"))
def test_progress_of_a_job_is_pushed_to_its_owner(
    installation: Installation, connect: Connect, dora: Person, bob: Person
) -> None:
    own, others = signed_in(connect, dora), signed_in(connect, bob)
    job = dora.post("/users/me/export", expect=202)
    manage("worker", "--once", **installation.variables)
    states: list[str] = []
    while states[-1:] != ["done"]:
        frame = receive_in_inbox(own, "job_progress")
        assert frame["job_id"] == job["id"]
        states.append(frame["state"])
    assert states[0] == "running"
    assert frame["done"] == frame["total"] > 0
    assert others.ask("ping")["event"] == "pong"


@covers("client auth.epoch", "client auth.since")
def test_inbox_resumes_from_a_position(connect: Connect, alice: Person, dora: Person) -> None:
    position = connect(PATH).ask("auth", access_token=dora.access)
    a_list(alice, dora, title="Missed")
    again = connect(PATH)
    resumed = again.ask("auth", access_token=dora.access, epoch=position["epoch"], since=position["seq"])
    assert (resumed["event"], resumed["seq"]) == ("authenticated", position["seq"])
    missed = again.next()
    assert (missed["seq"], missed["notification"]["payload"]["list_title"]) == (position["seq"] + 1, "Missed")


def test_socket_opened_by_a_link_has_no_inbox(connect: Connect, alice: Person, dora: Person) -> None:
    made = a_list(alice, dora)
    ws = connect(f"{PATH}?public_token={a_link(alice, made)}")
    assert ws.next()["event"] == "subscribed"
    dora.patch("/users/me", {"avatar_url": "https://example.com/dora.png"})
    assert ws.ask("ping")["event"] == "pong"
