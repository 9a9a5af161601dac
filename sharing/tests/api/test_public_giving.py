"""Reserve and chip in by a link, as a guest with only a name or with an account."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.db.change import change
from sharing.access.capabilities import TOKEN_LENGTH, manage_token
from sharing.queries.links import guest_holding
from sharing.tests.conftest import ShareLink, refused
from tests.support.api_clients import Api
from wishlists.models import Guest, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import reserve_item

RESERVE = {"reservation_status": "reserved", "guest_name": "Grandma"}


def bobs(item: Item, bob: User) -> Item:
    return Item.objects.get(pk=item.pk)


def test_guest_reserves_buys_and_releases(anybody: Api, share_link: ShareLink) -> None:
    free = share_link.items(anybody)[0]
    taken = share_link.patch(
        anybody, RESERVE | {"reservation_message": "with love", "guest_email": "g@example.org"}
    )

    guest = Guest.objects.get()
    mine = manage_token(guest)
    assert taken.status_code == 200
    assert taken.json() == free | {"reservation_status": "reserved", "units_free": 0, "manage_token": mine}
    assert taken["Cache-Control"] == "no-store"
    assert (guest.name, guest.email, len(mine)) == ("Grandma", "g@example.org", TOKEN_LENGTH)
    assert Reservation.objects.get().message == "with love"

    bought = share_link.patch(anybody, {"reservation_status": "purchased", "manage_token": mine})
    assert bought.json() == free | {"reservation_status": "purchased", "units_free": 0, "manage_token": mine}
    back = share_link.patch(anybody, {"reservation_status": "reserved"}, headers={"x-manage-token": mine})
    assert back.json()["reservation_status"] == "reserved"
    assert Reservation.objects.get().message == "with love"
    cleared = {"reservation_status": "reserved", "reservation_message": None, "manage_token": mine}
    assert share_link.patch(anybody, cleared).status_code == 200
    assert Reservation.objects.get().message == ""

    given_back = share_link.patch(anybody, {"reservation_status": "available", "manage_token": mine})
    assert given_back.json() == free | {"manage_token": mine}
    assert (Guest.objects.count(), Reservation.objects.count()) == (1, 1)
    assert share_link.items(anybody) == [free]


def test_put_works_like_patch(anybody: Api, share_link: ShareLink) -> None:
    path = f"/public/wishlists/items/{share_link.item.pk}?token={share_link.token}"
    assert anybody("PUT", path, RESERVE).json()["reservation_status"] == "reserved"


def test_guest_reserves_several_items(
    anybody: Api, share_link: ShareLink, wishlist: Wishlist, alice: User
) -> None:
    tea = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Tea")
    mine = share_link.patch(anybody, RESERVE).json()["manage_token"]
    second = share_link.patch(anybody, {"reservation_status": "purchased", "manage_token": mine}, tea)

    assert second.json()["manage_token"] == mine
    answer = share_link.reservations(anybody, mine)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    seen = {
        row["item"]["title"]: (row["units"], row["status"], row["price"], row["currency"])
        for row in answer.json()
    }
    assert seen == {"Kettle": (1, "reserved", 49.9, "EUR"), "Tea": (1, "purchased", None, "EUR")}
    other = manage_token(join_guest(wishlist=wishlist, name="Grandpa"))
    assert share_link.reservations(anybody, other).json() == []


def test_giver_reads_only_their_own_reservations(
    anybody: Api, as_bob: Api, share_link: ShareLink, wishlist: Wishlist, bob: User
) -> None:
    reserve_item(item=bobs(share_link.item, bob), by=Viewer(user=bob), message="mine")

    assert [row["message"] for row in share_link.reservations(as_bob).json()] == ["mine"]
    assert refused(share_link.reservations(anybody)) == (400, "manage_token_required")
    assert refused(share_link.reservations(anybody, "A" * 43)) == (403, "no_such_guest")
    guest = manage_token(join_guest(wishlist=wishlist, name="Grandma"))
    assert share_link.reservations(anybody, guest).json() == []


@pytest.mark.parametrize("status", ["reserved", "purchased"])
@pytest.mark.parametrize("known", [True, False])
def test_second_reserver_gets_409(
    status: str, known: bool, anybody: Api, share_link: ShareLink, wishlist: Wishlist, bob: User
) -> None:
    reserve_item(item=bobs(share_link.item, bob), by=Viewer(user=bob), message="CANARY")
    guests = Guest.objects.count()
    who = {"guest_name": "Grandma"}
    if known:
        who = {"manage_token": manage_token(join_guest(wishlist=wishlist, name="Grandma"))}
    current = share_link.items(anybody)[0]

    lost = share_link.patch(anybody, {"reservation_status": status} | who)
    words = "Someone just reserved this."
    assert lost.status_code == 409
    assert lost["Content-Type"] == "application/problem+json"
    assert lost.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "reservation_conflict",
        "instance": f"/api/v1/public/wishlists/items/{share_link.item.pk}",
        "current_item": current,
        "detail": {"code": "reservation_conflict", "message": words, "current_item": current},
    }
    by_name = share_link.patch(
        anybody, {"reservation_status": status} | who, headers={"accept": "application/problem+json"}
    )
    assert (by_name.json()["detail"], by_name.json()["current_item"]) == (words, current)
    assert Guest.objects.count() == guests + known, "who lost has not come"


def test_only_the_giver_releases_a_reservation(
    anybody: Api, as_bob: Api, share_link: ShareLink, wishlist: Wishlist
) -> None:
    mine = share_link.patch(anybody, RESERVE).json()["manage_token"]
    other = manage_token(join_guest(wishlist=wishlist, name="Grandpa"))

    release = {"reservation_status": "available"}
    for attempt in (
        share_link.patch(as_bob, release),
        share_link.patch(anybody, release | {"manage_token": other}),
        share_link.patch(anybody, release | {"guest_name": "Grandma"}),
    ):
        assert refused(attempt) == (403, "not_holder")
    assert refused(share_link.patch(anybody, release | {"manage_token": "A" * 43})) == (403, "no_such_guest")
    assert share_link.items(anybody)[0]["reservation_status"] == "reserved"
    assert share_link.patch(anybody, release | {"manage_token": mine}).status_code == 200


def test_manage_token_of_another_list_gets_403(anybody: Api, share_link: ShareLink, bob: User) -> None:
    elsewhere = Wishlist.objects.create(
        tenant=bob.tenant, owner=bob, title="Bob's", updated_at=share_link.item.updated_at
    )
    foreign = manage_token(join_guest(wishlist=elsewhere, name="Grandma"))

    body = RESERVE | {"manage_token": foreign}
    assert refused(share_link.patch(anybody, body)) == (403, "no_such_guest")
    assert refused(share_link.chip_in(anybody, {"amount": 5, "manage_token": foreign})) == (
        403,
        "no_such_guest",
    )
    assert not Reservation.objects.exists()


def test_user_with_an_access_token_is_no_guest(
    as_bob: Api, as_charlie: Api, share_link: ShareLink, bob: User
) -> None:
    answer = share_link.patch(as_bob, RESERVE)
    assert answer.status_code == 200
    assert "manage_token" not in answer.json()
    assert answer.json()["reserved_by_id"] is None, "by the link, Bob is one of the public"
    assert Reservation.objects.get().user == bob
    assert not Guest.objects.exists()
    assert refused(share_link.patch(as_charlie, {"reservation_status": "reserved"})) == (
        409,
        "reservation_conflict",
    )
    assert (
        share_link.patch(as_bob, {"reservation_status": "available"}).json()["reservation_status"]
        == "available"
    )
    assert share_link.patch(as_charlie, {"reservation_status": "reserved"}).status_code == 200


@pytest.mark.parametrize("taken", [True, False])
def test_recipient_marks_items_and_learns_nothing(
    taken: bool, as_alice: Api, anybody: Api, share_link: ShareLink, bob: User
) -> None:
    """For each status, she gets the answer that she would get if nobody had reserved anything."""
    if taken:
        reserve_item(item=bobs(share_link.item, bob), by=Viewer(user=bob), message="CANARY")
    free = share_link.items(as_alice)[0]
    assert (free["reservation_status"], free["units_free"], free["received_at"]) == ("available", 1, None)

    aside = share_link.patch(
        as_alice, {"reservation_status": "reserved", "reservation_message": "I buy it"}
    ).json()
    assert aside == free | {
        "reservation_status": "reserved",
        "units_free": 0,
        "updated_at": aside["updated_at"],
    }
    assert refused(share_link.patch(anybody, RESERVE)) == (409, "reservation_conflict")
    got = share_link.patch(as_alice, {"reservation_status": "purchased"}).json()
    moved = {"received_at": got["received_at"], "updated_at": got["updated_at"]}
    assert got == free | moved | {"reservation_status": "purchased", "units_free": 0}
    assert got["received_at"] is not None
    undone = share_link.patch(as_alice, {"reservation_status": "available"}).json()
    assert undone == free | {"updated_at": undone["updated_at"]}
    assert Reservation.objects.active().count() == taken
    assert share_link.items(anybody)[0]["reservation_status"] == ("reserved" if taken else "available")


def test_invalid_access_token_gets_401_and_creates_no_guest(share_link: ShareLink) -> None:
    expired = Api("nonsense")
    for answer in (
        share_link.patch(expired, RESERVE),
        share_link.chip_in(expired, {"amount": 5, "guest_name": "Grandma"}),
        expired("POST", f"/public/wishlists/suggestions?token={share_link.token}", {"title": "Tea"}),
    ):
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not Guest.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/reservation_status"]),
        ({"reservation_status": None}, ["/reservation_status"]),
        ({"reservation_status": "mine"}, ["/reservation_status"]),
        (RESERVE | {"guest_name": "x" * 81}, ["/guest_name"]),
        (RESERVE | {"guest_name": "grandma@example.org"}, ["/guest_name"]),
        (RESERVE | {"guest_name": ["Grandma"]}, ["/guest_name"]),
        (RESERVE | {"guest_email": "grandma"}, ["/guest_email"]),
        (RESERVE | {"manage_token": 7.5, "reservation_message": "x" * 2001}, ["/reservation_message"]),
        (RESERVE | {"manage_token": {}}, ["/manage_token"]),
    ],
    ids=str,
)
def test_invalid_input_is_refused_at_its_field(
    body: dict[str, Any], pointers: list[str], anybody: Api, share_link: ShareLink
) -> None:
    answer = share_link.patch(anybody, body)
    assert answer.status_code == 400
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == pointers
    assert not Guest.objects.exists()


@pytest.mark.parametrize("name", [None, "", "  ", "absent"])
def test_guest_without_a_name_is_refused(name: str | None, anybody: Api, share_link: ShareLink) -> None:
    who = {} if name == "absent" else {"guest_name": name}
    assert refused(share_link.patch(anybody, {"reservation_status": "reserved"} | who)) == (
        400,
        "guest_name_required",
    )
    assert refused(share_link.chip_in(anybody, {"amount": 5} | who)) == (400, "guest_name_required")
    assert not Guest.objects.exists()


def test_revoked_link_stops_guests(
    anybody: Api, as_alice: Api, share_link: ShareLink, wishlist: Wishlist
) -> None:
    mine = share_link.patch(anybody, RESERVE).json()["manage_token"]
    as_alice("DELETE", f"/wishlists/{wishlist.pk}/public-link")

    assert refused(share_link.reservations(anybody, mine)) == (403, "link_revoked")
    release = {"reservation_status": "available", "manage_token": mine}
    assert refused(share_link.patch(anybody, release)) == (403, "link_revoked")
    as_alice("POST", f"/wishlists/{wishlist.pk}/public-link")
    share_link.token = as_alice("GET", f"/wishlists/{wishlist.pk}/public-link").json()["token"]
    assert share_link.patch(anybody, release).json()["reservation_status"] == "available"


@pytest.mark.both
def test_reservations_take_a_constant_number_of_queries(
    anybody: Api, share_link: ShareLink, wishlist: Wishlist, alice: User
) -> None:
    mine = share_link.patch(anybody, RESERVE).json()["manage_token"]

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert share_link.reservations(anybody, mine).status_code == 200
        return len(captured)

    for_one = queries()
    by = Viewer(guest=guest_holding(mine), by_link=True)
    with change():
        for number in range(20):
            item = add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}")
            reserve_item(item=Item.objects.get(pk=item.pk), by=by)
    assert len(share_link.reservations(anybody, mine).json()) == 21
    assert queries() == for_one


def test_guest_says_what_they_bring_to_a_shared_list(as_alice: Api, api: Api, alice: User) -> None:
    """A thing that somebody on the list ticks off is closed to guests, and the reservation stays."""
    party = as_alice("POST", "/shopping-lists", {"title": "Party"}).json()["id"]
    salad = as_alice("POST", f"/wishlists/{party}/items", {"title": "Salad"}).json()["id"]
    token = as_alice("POST", f"/wishlists/{party}/public-link", {}).json()["token"]
    address = f"/public/wishlists/items/{salad}?token={token}"
    assert api("PATCH", address, RESERVE).status_code == 200
    seen = as_alice("GET", f"/wishlists/{party}/items/{salad}").json()
    assert (seen["reservation_status"], seen["reserved_by_name"]) == ("reserved", "Grandma")
    done = {"reservation_status": "purchased"}
    assert as_alice("PATCH", f"/wishlists/{party}/items/{salad}", done).json()["received_at"]
    assert api("PATCH", address, RESERVE | {"guest_name": "Ida"}).status_code == 409
