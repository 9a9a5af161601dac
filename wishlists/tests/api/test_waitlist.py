"""The waitlist: who may join, who is next, and that recipients notice nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services.people import remove_user
from core.db.change import change
from tests.support.api_clients import Api, logged_in, refused
from wishlists.models import Activity, Guest, Item, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import AlreadyHolding, ItemClosed, ItemTaken, RecipientsDoNotGive, StillFree
from wishlists.services.lapsing import lapse_due_reservations
from wishlists.services.lists.alternatives import group_item
from wishlists.services.lists.items import add_item, edit_item, mark_item, remove_item, restore_item
from wishlists.services.lists.people import join_guest, remove_member, share_wishlist
from wishlists.services.moderating import hide_wishlist, unhide_wishlist
from wishlists.services.reserving import (
    change_reservation,
    release_item,
    release_reservation,
    reserve_item,
)
from wishlists.services.waitlisting import serve_lines, stop_waiting, wait_for_item
from wishlists.tests.factories import seen_by, take, widen

pytestmark = pytest.mark.both


@pytest.fixture
def emil(password_hash: str, wishlist: Wishlist, alice: User, dora: User) -> User:
    """Make Emil a member, as well as Dora."""
    made = User.objects.create(email="emil@example.com", display_name="Emil", password=password_hash)
    for person in (dora, made):
        share_wishlist(wishlist=wishlist, by=alice, email=person.email, role="viewer")
    return made


@pytest.fixture
def line(item: Item, bob: User, dora: User, emil: User) -> list[User]:
    """Bob has the kettle; Dora waits for it, then Emil."""
    take(item, bob)
    for person in (dora, emil):
        wait(item, person)
    return [dora, emil]


@pytest.fixture
def address(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/waiting"


def wait(item: Item, user: User) -> WaitlistEntry:
    return wait_for_item(item=seen_by(user, item), by=Viewer(user=user))[0]


def give_back(item: Item, user: User) -> None:
    release_item(item=seen_by(user, item), by=Viewer(user=user))


def holders(item: Item) -> list[tuple[str, bool]]:
    held = Reservation.objects.active().filter(item=item).order_by("created_at")
    return [(row.user.display_name if row.user else "?", row.is_offer) for row in held.select_related("user")]


def waiting(item: Item) -> list[str]:
    line = WaitlistEntry.objects.in_line().filter(item=item).select_related("user", "guest")
    return [row.user.display_name if row.user else row.guest.name for row in line]  # type: ignore[union-attr]


# --- joining ------------------------------------------------------------------------------------------------------


def test_cannot_wait_for_an_available_item(
    item: Item, bob: User, dora: User, emil: User, alice: User
) -> None:
    with pytest.raises(StillFree):
        wait(item, dora)
    take(item, bob)
    with pytest.raises(AlreadyHolding):
        wait(item, bob)
    mark_item(item=seen_by(alice, item), by=Viewer(user=alice), mark="received")
    with pytest.raises(ItemClosed):
        wait(item, dora)


def test_recipients_cannot_wait_taken_or_not(item: Item, alice: User, bob: User) -> None:
    for taken in (False, True):
        if taken:
            take(item, bob)
        with pytest.raises(RecipientsDoNotGive):
            wait(item, alice)
        with pytest.raises(RecipientsDoNotGive):
            stop_waiting(item=seen_by(alice, item), by=Viewer(user=alice))


def test_join_and_leave_in_the_api(
    as_bob: Api, as_dora: Api, as_alice: Api, emil: User, address: str, item: Item
) -> None:
    as_emil = Api(logged_in(emil)["access_token"])
    assert refused(as_dora("POST", address)) == (409, "still_free")
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert refused(as_bob("POST", address)) == (409, "already_yours")
    first, again, second = as_dora("POST", address), as_dora("POST", address), as_emil("POST", address)
    assert [answer.status_code for answer in (first, again, second)] == [201, 200, 201]
    assert first.json() == again.json()
    assert (first.json()["ahead"], second.json()["ahead"]) == (0, 1)
    assert first.json()["item"] == as_dora("GET", f"/items/{item.pk}").json()
    assert as_emil("GET", "/waiting").json() == [second.json()]
    assert as_dora("DELETE", address).status_code == 204
    assert as_dora("DELETE", address).status_code == 204
    assert as_emil("GET", "/waiting").json()[0]["ahead"] == 0
    assert as_dora("GET", "/waiting").json() == as_alice("GET", "/waiting").json() == []
    for method in ("GET", "POST", "DELETE"):
        assert refused(as_alice(method, address)) == (403, "recipient")


def test_place_in_line_until_the_offer_ends(
    as_dora: Api, as_bob: Api, item: Item, bob: User, line: list[User], address: str
) -> None:
    """First in line, then with an offer, then neither."""
    as_emil = Api(logged_in(line[1])["access_token"])
    assert as_emil("GET", address).json() == as_emil("GET", "/waiting").json()[0]
    assert as_emil("GET", address).json()["ahead"] == 1
    assert as_dora("GET", address).json()["held_until"] is None
    assert refused(as_bob("GET", address)) == (404, "not_waiting")
    give_back(item, bob)
    offer = Reservation.objects.active().get()
    assert offer.lapses_at is not None
    body = as_dora("GET", address).json()
    until = datetime.fromisoformat(body["held_until"])
    assert (until, body["reservation_id"], body["ahead"]) == (offer.lapses_at, str(offer.pk), 0)
    assert as_emil("GET", address).json()["ahead"] == 0
    as_dora("PATCH", f"/reservations/{offer.pk}", {"status": "reserved"})
    assert refused(as_dora("GET", address)) == (404, "not_waiting")
    as_emil("DELETE", address)
    assert refused(as_emil("GET", address)) == (404, "not_waiting")


def test_strangers_get_404(as_charlie: Api, address: str) -> None:
    methods = ("GET", "POST", "DELETE")
    assert [refused(as_charlie(method, address)) for method in methods] == [(404, "no_such_item")] * 3


def test_new_recipient_cannot_see_their_place(as_dora: Api, line: list[User], item: Item) -> None:
    Member.objects.filter(user=line[0]).update(is_recipient=True)
    assert as_dora("GET", "/waiting").json() == []


# --- the first in line --------------------------------------------------------------------------------------------


def test_first_in_line_is_notified_and_gets_an_offer_for_a_day(
    item: Item, bob: User, line: list[User]
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        give_back(item, bob)
        offer = Reservation.objects.active().get()
        assert (offer.user, offer.is_offer, offer.units) == (line[0], True, 1)
        assert offer.lapses_at == timezone.now() + timedelta(days=1)
    [notice] = Notification.objects.filter(kind="item_offered")
    assert (notice.user, notice.payload["item_title"]) == (line[0], "Kettle")
    assert waiting(item) == ["Emil"]
    with pytest.raises(ItemTaken):
        take(item, bob)
    row = Activity.objects.get(kind="item_offered")
    assert (row.user, row.circle) == (line[0], "givers")


TAKING_UP: dict[str, Callable[[Api, str, str], Any]] = {
    "status of the reservation": lambda api, mine, item: api("PATCH", mine, {"status": "reserved"}),
    "units": lambda api, mine, item: api("PATCH", mine, {"units": 1}),
    "stage": lambda api, mine, item: api("PATCH", mine, {"stage": "ordered"}),
    "status of the item": lambda api, mine, item: api("PATCH", item, {"reservation_status": "reserved"}),
    "bought": lambda api, mine, item: api("PATCH", item, {"reservation_status": "purchased"}),
    "reserved": lambda api, mine, item: api("POST", f"{item}/reservations", {}),
}


@pytest.mark.parametrize("way", TAKING_UP)
def test_accept_an_offer(way: str, as_dora: Api, item: Item, bob: User, line: list[User]) -> None:
    give_back(item, bob)
    [offer] = as_dora("GET", "/reservations").json()
    assert (offer["is_offer"], offer["status"]) == (True, "reserved")
    there = f"/wishlists/{item.wishlist_id}/items/{item.pk}"
    assert TAKING_UP[way](as_dora, f"/reservations/{offer['id']}", there).status_code == 200
    [mine] = as_dora("GET", "/reservations").json()
    assert (mine["is_offer"], mine["lapses_at"], mine["id"]) == (False, None, offer["id"])
    logged = Activity.objects.filter(user=line[0], kind__in=["item_reserved", "item_purchased"])
    assert logged.count() == 1


def test_message_alone_does_not_accept_an_offer(
    as_dora: Api, item: Item, bob: User, line: list[User]
) -> None:
    give_back(item, bob)
    mine = f"/reservations/{as_dora('GET', '/reservations').json()[0]['id']}"
    body = as_dora("PATCH", mine, {"message": "Let me think"}).json()
    assert (body["is_offer"], body["message"]) == (True, "Let me think")


@pytest.mark.parametrize("how", ["declined", "lapsed"])
def test_declined_or_expired_offer_goes_to_the_next_in_line(
    how: str, item: Item, bob: User, line: list[User]
) -> None:
    give_back(item, bob)
    if how == "declined":
        give_back(item, line[0])
    else:
        with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1), tick=False):
            assert lapse_due_reservations() == 1
            assert Notification.objects.filter(user=line[0], kind="reservation_lapsed").count() == 1
    assert holders(item) == [("Emil", True)]
    assert waiting(item) == []
    item.refresh_from_db()
    assert item.units_taken == 1


def test_only_free_units_are_offered(item: Item, bob: User, alice: User, line: list[User]) -> None:
    """A recipient raises the quantity by one: one unit is offered, and the recipient's answer doesn't show it."""
    assert widen(item, 2, alice).quantity == 2
    assert holders(item) == [("Bob", False), ("Dora", True)]
    widen(item, None, alice)
    assert [name for name, _offer in holders(item)] == ["Bob", "Dora", "Emil"]
    assert waiting(item) == []


def test_units_released_one_by_one_are_offered_one_by_one(
    item: Item, bob: User, alice: User, dora: User, emil: User
) -> None:
    widen(item, 3, alice)
    mine = take(item, bob, 3)
    wait(item, dora)
    change_reservation(reservation=mine, by=Viewer(user=bob), units=1)
    assert holders(item) == [("Bob", False), ("Dora", True)]
    item.refresh_from_db()
    assert item.units_taken == 2


def set_aside(item: Item, alice: User, mark: str) -> None:
    mark_item(item=seen_by(alice, item), by=Viewer(user=alice), mark=mark)


def restored(item: Item, alice: User) -> None:
    there = Item.objects.get(pk=item.pk)
    restore_item(item=there, by=Viewer(user=alice))


Act = Callable[[Item, User], Any]
CLOSED: dict[str, tuple[Act, Act]] = {
    "set aside": (
        lambda item, alice: set_aside(item, alice, "set_aside"),
        lambda item, alice: set_aside(item, alice, ""),
    ),
    "removed": (
        lambda item, alice: remove_item(item=seen_by(alice, item), by=Viewer(user=alice)),
        restored,
    ),
    "hidden": (
        lambda item, alice: hide_wishlist(wishlist=item.wishlist, by=alice, reason="x"),
        lambda item, alice: (
            unhide_wishlist(wishlist=item.wishlist, by=alice, reason="x"),
            serve_lines(),
        ),
    ),
}


@pytest.mark.parametrize("way", CLOSED)
def test_unit_released_while_closed_is_offered_on_reopening(
    way: str, item: Item, bob: User, alice: User, line: list[User]
) -> None:
    """The unit was released while nobody could take it."""
    close, reopen = CLOSED[way]
    mine = Reservation.objects.active().select_related("item__wishlist").get()
    close(item, alice)
    release_reservation(reservation=mine, by=Viewer(user=bob))
    serve_lines()
    assert holders(item) == []
    reopen(item, alice)
    assert holders(item) == [("Dora", True)]


def test_alternatives_share_one_line(
    item: Item, wishlist: Wishlist, alice: User, bob: User, dora: User, emil: User
) -> None:
    """Dora waits for the pot, Emil for the kettle that Bob has. Dora came first, and her offer closes the kettle."""
    pot = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot")
    group_item(item=seen_by(alice, pot), by=Viewer(user=alice), other=seen_by(alice, item))
    take(item, bob)
    wait(pot, dora)
    wait(item, emil)
    give_back(item, bob)
    assert (holders(pot), holders(item)) == ([("Dora", True)], [])
    remove_item(item=seen_by(alice, pot), by=Viewer(user=alice))
    assert holders(item) == [("Emil", True)]


def test_leaving_a_group_offers_the_former_alternatives(
    item: Item, wishlist: Wishlist, alice: User, bob: User, dora: User, emil: User
) -> None:
    pot = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot")
    group_item(item=seen_by(alice, pot), by=Viewer(user=alice), other=seen_by(alice, item))
    take(item, bob)
    wait(pot, dora)
    edit_item(item=seen_by(alice, item), by=Viewer(user=alice), choice=None)
    assert holders(pot) == [("Dora", True)]


# --- who is passed over -------------------------------------------------------------------------------------------

PASSED_OVER: dict[str, Callable[[Item, User, User], Any]] = {
    "left the line": lambda item, dora, alice: stop_waiting(item=seen_by(dora, item), by=Viewer(user=dora)),
    "became a recipient": lambda item, dora, alice: Member.objects.filter(user=dora).update(
        is_recipient=True
    ),
    "lost access": lambda item, dora, alice: remove_member(
        wishlist=Wishlist.objects.get(pk=item.wishlist_id), user=dora, by=alice
    ),
    "deactivated": lambda item, dora, alice: User.objects.filter(pk=dora.pk).update(is_active=False),
    "closed the account": lambda item, dora, alice: remove_user(user=dora),
}


@pytest.mark.parametrize("way", PASSED_OVER)
def test_first_in_line_is_passed_over(way: str, item: Item, alice: User, bob: User, line: list[User]) -> None:
    PASSED_OVER[way](item, line[0], alice)
    give_back(item, bob)
    assert holders(item) == [("Emil", True)]
    assert waiting(item) == []
    assert not Notification.objects.filter(user=line[0], kind="item_offered").exists()


def test_guest_waits_and_accepts_an_offer(item: Item, wishlist: Wishlist, bob: User) -> None:
    take(item, bob)
    guest: Guest = join_guest(wishlist=wishlist, name="Grandma")
    there = Item.objects.get(pk=item.pk)
    wait_for_item(item=there, by=Viewer(guest=guest, by_link=True))
    give_back(item, bob)
    offer = Reservation.objects.active().get()
    assert (offer.guest, offer.is_offer) == (guest, True)
    reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    offer.refresh_from_db()
    assert not offer.is_offer


# --- what recipients see ------------------------------------------------------------------------------------------


def shown_to_alice(api: Api, item: Item) -> list[Any]:
    there = f"/wishlists/{item.wishlist_id}"
    paths = [
        f"{there}/items",
        f"{there}/activity",
        f"{there}/items/{item.pk}/reservations",
        "/waiting",
        "/notifications",
    ]
    return [api("GET", path).json() for path in paths]


def test_recipient_sees_nothing_of_the_line(
    as_alice: Api, item: Item, bob: User, dora: User, emil: User
) -> None:
    before = shown_to_alice(as_alice, item)
    take(item, bob)
    wait(item, dora)
    wait(item, emil)
    give_back(item, bob)
    give_back(item, dora)
    assert shown_to_alice(as_alice, item) == before


def test_recipient_edits_answer_the_same_with_and_without_a_line(
    as_alice: Api, item: Item, bob: User, dora: User, emil: User
) -> None:
    def edits() -> list[tuple[int, Any]]:
        address = f"/wishlists/{item.wishlist_id}/items/{item.pk}"
        bodies = [
            {"quantity": 3},
            {"quantity": 1},
            {"reservation_status": "purchased"},
            {"reservation_status": "available"},
        ]
        answers = [as_alice("PATCH", address, body) for body in bodies]
        return [
            (answer.status_code, answer.json() | {"updated_at": None, "received_at": None})
            for answer in answers
        ]

    before = edits()
    take(item, bob)
    wait(item, dora)
    wait(item, emil)
    assert edits() == before
    assert len(holders(item)) == 3


def test_rollback_leaves_the_line_unchanged(item: Item, bob: User, line: list[User]) -> None:
    def fail() -> None:
        with change():
            give_back(item, bob)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (waiting(item), holders(item)) == (["Dora", "Emil"], [("Bob", False)])
    assert not Notification.objects.filter(kind="item_offered").exists()
