"""Public links: the owner makes, reads, limits and revokes them, and anybody with a link opens the list."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Client, Guest, Json, Person, a_link, a_list, an_item

LINK = "/wishlists/{id}/public-link"
FIELDS = "id wishlist_id token expires_at max_views view_count created_at"


def link(wishlist: Json) -> str:
    return f"/wishlists/{wishlist['id']}/public-link"


def soon(seconds: float = 3600) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@covers(f"POST {LINK}", f"GET {LINK}", *each(f"answer {LINK}: ", f"201 200 {FIELDS}"))
def test_making_a_link_again_returns_the_live_one(alice: Person) -> None:
    made = a_list(alice)
    first = alice.post(link(made))
    assert first.keys() == set(FIELDS.split())
    assert (first["wishlist_id"], first["expires_at"], first["max_views"], first["view_count"]) == (
        made["id"],
        None,
        None,
        0,
    )
    assert alice.post(link(made), {}, expect=200) == first == alice.get(link(made))


@covers(f"answer {LINK}: null", f"DELETE {LINK}", f"answer {LINK}: 204")
def test_revoked_link_opens_nothing(alice: Person, anyone: Client) -> None:
    made = a_list(alice)
    assert alice.ask("GET", link(made)).content == b"null"
    token = a_link(alice, made)
    alice.delete(link(made))
    assert alice.ask("GET", link(made)).content == b"null"
    anyone.get("/public/wishlists", expect=403, params={"token": token})
    fresh = alice.post(link(made))
    assert fresh["token"] != token
    anyone.get("/public/wishlists", params={"token": fresh["token"]})


@covers(*each(f"body {LINK}: ", "expires_at max_views"), *each(f"answer {LINK}: ", "expires_at max_views"))
def test_limits_can_be_set_changed_and_removed(alice: Person) -> None:
    made = a_list(alice)
    when = soon()
    limited = alice.post(link(made), {"expires_at": when, "max_views": 3})
    assert limited["max_views"] == 3
    assert datetime.fromisoformat(limited["expires_at"]) == datetime.fromisoformat(when)
    assert alice.post(link(made), {"max_views": 5}, expect=200) == limited | {"max_views": 5}
    free = alice.post(link(made), {"max_views": None, "expires_at": None}, expect=200)
    assert (free["max_views"], free["expires_at"]) == (None, None)


@pytest.mark.parametrize(
    "limits", [{"max_views": 0}, {"max_views": -1}, {"max_views": "many"}, {"expires_at": "soon"}]
)
def test_invalid_limits_are_refused(alice: Person, limits: Json) -> None:
    alice.post(link(a_list(alice)), limits, expect=400)


@covers("GET /public/wishlists?token=", *each("answer /public/wishlists?token=: ", "wishlist items"))
def test_link_opens_the_list(alice: Person, anyone: Client, wishlist: Json, item: Json) -> None:
    opened = anyone.get("/public/wishlists", params={"token": a_link(alice, wishlist)})
    assert opened.keys() == {"wishlist", "items"}
    assert opened["wishlist"]["id"] == wishlist["id"]
    assert (opened["wishlist"]["my_role"], opened["wishlist"]["i_am_recipient"]) == (None, False)
    assert opened["items"] == [item]


@covers(*each("answer /public/wishlists?token=: ", "404 403"), f"answer {LINK}: view_count")
@says("spends one view of a limited link; 404 unknown token, 403 expired, revoked or used up")
def test_limited_link_is_used_up(alice: Person, anyone: Client) -> None:
    made = a_list(alice)
    token = a_link(alice, made, max_views=2)
    for _ in range(2):
        anyone.get("/public/wishlists", params={"token": token})
    assert alice.get(link(made))["view_count"] == 2
    problem = anyone.get("/public/wishlists", expect=403, params={"token": token})
    assert problem["code"] == "link_used_up"


def test_client_that_opened_the_link_spends_no_further_view(alice: Person, anyone: Client) -> None:
    made = a_list(alice)
    item = an_item(alice, made)
    token = a_link(alice, made, max_views=1)
    guest = Guest(anyone, token)
    anyone.get("/public/wishlists", params=guest.query)
    guest.set_status(item, "reserved")
    again = anyone.get(
        "/public/wishlists", params=guest.query, headers={"X-Manage-Token": guest.manage_token}
    )
    assert [row["reservation_status"] for row in again["items"]] == ["reserved"]


@says("404 unknown token, 403 expired, revoked or used up")
def test_invalid_tokens_open_nothing(alice: Person, anyone: Client) -> None:
    made = a_list(alice)
    token = a_link(alice, made, expires_at=soon(3))
    for unknown in ("nothing", token[:-1], token + "x", "é", "."):
        problem = anyone.get("/public/wishlists", expect=404, params={"token": unknown})
        assert problem["code"] == "no_such_link"
    deadline = time.monotonic() + 60
    while anyone.ask("GET", "/public/wishlists", params={"token": token}).status_code == 200:
        assert time.monotonic() < deadline
    assert anyone.get("/public/wishlists", expect=403, params={"token": token})["code"] == "link_expired"


def test_link_of_a_deleted_list_opens_nothing(alice: Person, anyone: Client) -> None:
    made = a_list(alice)
    token = a_link(alice, made)
    alice.delete(f"/wishlists/{made['id']}")
    anyone.get("/public/wishlists", expect=404, params={"token": token})


@says(
    "*Open* GETs and `/auth/*` ignore a missing, expired or bad Bearer (clients send what they have stored); "
    "writes under `/public` answer 401 to a bad one, and take none as a guest"
)
def test_invalid_bearer_may_read_and_not_write(
    alice: Person, anyone: Client, wishlist: Json, item: Json
) -> None:
    query = {"token": a_link(alice, wishlist)}
    bad = {"Authorization": "Bearer x.y.z"}
    anyone.get("/public/wishlists", params=query, headers=bad)
    name = {"guest_name": "Grandma"}
    for method, below, body in (
        ("PATCH", f"/items/{item['id']}", {"reservation_status": "reserved"}),
        ("POST", f"/items/{item['id']}/contributions", {"amount": 5}),
        ("POST", "/suggestions", {"title": "Book"}),
    ):
        answer = anyone.ask(method, f"/public/wishlists{below}", body | name, params=query, headers=bad)
        assert answer.status_code == 401
    assert anyone.get("/public/wishlists", params=query)["items"] == [item]


@says("Under `/public` a bearer who is a recipient gets RECIPIENT")
def test_recipient_with_the_link_still_sees_no_giving(
    alice: Person, bob: Person, charlie: Person, anyone: Client, wishlist: Json, item: Json
) -> None:
    query = {"token": a_link(alice, wishlist)}
    guest = Guest(anyone, query["token"])
    guest.set_status(item, "reserved")
    assert alice.get("/public/wishlists", params=query)["items"] == [item]
    for person in (bob, charlie):
        [seen] = person.get("/public/wishlists", params=query)["items"]
        assert (seen["reservation_status"], seen["reserved_by_name"]) == ("reserved", None)
    marked = alice.patch(
        f"/public/wishlists/items/{item['id']}", {"reservation_status": "purchased"}, params=query
    )
    assert marked["received_at"]
