"""The waiting list by link: guests wait like members, and recipients learn nothing about it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from sharing.access.capabilities import manage_token
from sharing.tests.conftest import ShareLink, refused
from tests.support.api_clients import Api
from wishlists.models import Guest, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import release_item
from wishlists.tests.factories import seen_by, take

GRANDMA = {"guest_name": "Grandma"}


def ask(
    api: Api, method: str, share_link: ShareLink, body: Any = None, guest: str = "", **headers: str
) -> Any:
    sent = headers | ({"x-manage-token": guest} if guest else {})
    return api(
        method,
        f"/public/wishlists/items/{share_link.item.pk}/waiting?token={share_link.token}",
        body,
        headers=sent,
    )


def come(api: Api, share_link: ShareLink, name: str = "Grandma") -> str:
    answer = ask(api, "POST", share_link, {"guest_name": name})
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["manage_token"])


def test_guest_waits_gets_an_offer_and_reserves(
    anybody: Api, share_link: ShareLink, item: Item, bob: User
) -> None:
    assert refused(ask(anybody, "POST", share_link, GRANDMA)) == (409, "still_free")
    assert not Guest.objects.exists(), "a refused request creates no guest"
    take(item, bob)
    grandma, uncle = come(anybody, share_link), come(anybody, share_link, "Uncle")
    first, again, second = (
        ask(anybody, "GET", share_link, guest=grandma),
        ask(anybody, "POST", share_link, {}, guest=grandma),
        ask(anybody, "GET", share_link, guest=uncle),
    )
    assert [answer.status_code for answer in (first, again, second)] == [200, 200, 200]
    assert (first.json()["ahead"], second.json()["ahead"]) == (0, 1)
    assert again.json() == first.json() | {"manage_token": grandma}
    assert first.json()["item"] == share_link.items(anybody)[0]
    release_item(item=seen_by(bob, item), by=Viewer(user=bob))
    held = ask(anybody, "GET", share_link, guest=grandma).json()
    [reservation] = share_link.reservations(anybody, grandma).json()
    assert (held["held_until"], held["reservation_id"]) == (reservation["lapses_at"], reservation["id"])
    assert (held["ahead"], held["held_until"] is None, reservation["is_offer"]) == (0, False, True)
    assert ask(anybody, "GET", share_link, guest=uncle).json()["held_until"] is None
    taken = share_link.patch(anybody, {"reservation_status": "reserved", "manage_token": grandma})
    assert taken.status_code == 200
    assert not Reservation.objects.active().get().is_offer
    assert refused(ask(anybody, "GET", share_link, guest=grandma)) == (404, "not_waiting")
    assert refused(ask(anybody, "POST", share_link, {}, guest=grandma)) == (409, "already_yours")


def test_guest_leaves_the_waiting_list(anybody: Api, share_link: ShareLink, item: Item, bob: User) -> None:
    take(item, bob)
    mine = come(anybody, share_link)
    assert [ask(anybody, "DELETE", share_link, guest=mine).status_code for _ in range(2)] == [204, 204]
    assert refused(ask(anybody, "GET", share_link, guest=mine)) == (404, "not_waiting")
    assert not WaitlistEntry.objects.in_line().exists()


def test_guest_reads_and_leaves_only_their_own_place(
    anybody: Api, as_bob: Api, share_link: ShareLink, wishlist: Wishlist
) -> None:
    share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": "Aunt"})
    mine = come(anybody, share_link)
    other = manage_token(join_guest(wishlist=wishlist, name="Uncle"))
    for method in ("GET", "DELETE"):
        assert refused(ask(anybody, method, share_link)) == (400, "manage_token_required")
        assert refused(ask(anybody, method, share_link, guest="x" * 43)) == (403, "no_such_guest")
    assert refused(ask(anybody, "POST", share_link, {})) == (400, "guest_name_required")
    assert refused(ask(anybody, "POST", share_link, {}, guest="x" * 43)) == (403, "no_such_guest")
    assert refused(ask(anybody, "GET", share_link, guest=other)) == (404, "not_waiting")
    assert ask(anybody, "DELETE", share_link, guest=other).status_code == 204
    assert ask(as_bob, "DELETE", share_link, guest=mine).status_code == 204, "a bearer is who they are"
    assert refused(ask(as_bob, "GET", share_link, guest=mine)) == (404, "not_waiting")
    assert WaitlistEntry.objects.in_line().count() == 1
    body = ask(as_bob, "POST", share_link, {}).json()
    assert (body["ahead"], "manage_token" in body) == (1, False)


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_recipient_by_link_is_refused(
    taken: bool, known: bool, anybody: Api, as_alice: Api, share_link: ShareLink, item: Item, bob: User
) -> None:
    """The answer is the same with and without a waiting list, and with any manage token."""
    guest = ""
    if taken:
        take(item, bob)
        guest = come(anybody, share_link) if known else ""
    for method, body in (("GET", None), ("POST", {}), ("POST", GRANDMA), ("DELETE", None)):
        assert refused(ask(as_alice, method, share_link, body, guest=guest)) == (403, "recipient")


def test_requests_with_the_same_idempotency_key_act_once(
    anybody: Api, share_link: ShareLink, item: Item, bob: User
) -> None:
    take(item, bob)
    answers = [ask(anybody, "POST", share_link, GRANDMA, **{"idempotency-key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (Guest.objects.count(), WaitlistEntry.objects.count()) == (1, 1)
    mine = answers[0].json()["manage_token"]
    gone = [ask(anybody, "DELETE", share_link, guest=mine, **{"idempotency-key": "gone"}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [204, 204]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"guest_name": "\\u0000"}', b'{"guest_name": {"x": 1}}']
)
def test_hostile_bodies_are_refused(
    body: bytes, anybody: Api, share_link: ShareLink, item: Item, bob: User
) -> None:
    take(item, bob)
    address = f"/api/v1/public/wishlists/items/{item.pk}/waiting?token={share_link.token}"
    answer = anybody.client.generic("POST", address, body, "application/json")
    assert answer.status_code == 400, answer.content
    assert not Guest.objects.exists()
