"""A guest signs in and takes over everything that they reserved and paid, once. Recipients cannot."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from sharing.access.capabilities import manage_token
from sharing.services import taking_over
from sharing.tests.conftest import ShareLink, client_of, refused
from tests.support.api_clients import Api
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Contribution, Guest, Item, Member, Reservation, WaitlistEntry


def take_over(api: Api, share_link: ShareLink, token: str) -> Any:
    path = f"/public/guests/take-over?token={share_link.token}"
    return api("POST", path, {}, headers={"x-manage-token": token})


@pytest.fixture
def own(anybody: Api, share_link: ShareLink) -> str:
    """The manage token of a guest who reserved the kettle."""
    answer = share_link.patch(anybody, {"reservation_status": "purchased", "guest_name": "Charlie"})
    return str(answer.json()["manage_token"])


def test_reservation_moves_to_the_account(
    as_charlie: Api, as_bob: Api, share_link: ShareLink, own: str, charlie: User
) -> None:
    before = Reservation.objects.get()
    assert take_over(as_charlie, share_link, own).json() == {
        "reservations": 1,
        "contributions": 0,
        "places": 0,
        "left": 0,
    }
    [gift] = as_charlie("GET", "/reservations").json()
    assert (gift["id"], gift["status"], gift["item"]["title"]) == (str(before.pk), "purchased", "Kettle")
    after = Reservation.objects.get()
    assert (after.user, after.guest, after.units, after.price_minor) == (charlie, None, 1, before.price_minor)
    assert Item.objects.get().units_taken == 1
    assert as_bob("GET", f"/items/{share_link.item.pk}").json()["reserved_by_id"] == str(charlie.pk)
    assert take_over(as_charlie, share_link, own).json()["reservations"] == 0


def test_contributions_and_waitlist_places_move_too(
    anybody: Api, as_bob: Api, as_charlie: Api, share_link: ShareLink, charlie: User
) -> None:
    as_bob("PATCH", f"/items/{share_link.item.pk}", {"reservation_status": "reserved"})
    path = f"/public/wishlists/items/{share_link.item.pk}/waiting?token={share_link.token}"
    token = anybody("POST", path, {"guest_name": "Charlie"}).json()["manage_token"]
    guest = Guest.objects.get()
    Contribution.objects.create(pot=share_link.item.wishlist, guest=guest, amount_minor=500, currency="EUR")
    assert take_over(as_charlie, share_link, token).json() == {
        "reservations": 0,
        "contributions": 1,
        "places": 1,
        "left": 0,
    }
    assert (WaitlistEntry.objects.get().user, Contribution.objects.get().user) == (charlie, charlie)


def test_item_that_the_account_has_too_stays_with_the_guest(
    as_charlie: Api, anybody: Api, share_link: ShareLink, charlie: User
) -> None:
    Item.objects.filter(pk=share_link.item.pk).update(quantity=2, cap=2)
    token = share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": "C"}).json()[
        "manage_token"
    ]
    assert share_link.patch(as_charlie, {"reservation_status": "reserved"}).status_code == 200
    assert take_over(as_charlie, share_link, token).json()["left"] == 1
    assert Reservation.objects.active().filter(guest__isnull=False).count() == 1
    assert Item.objects.get().units_taken == 2


@pytest.mark.parametrize(
    "is_asked", [True, pytest.param(False, id="control: without the check for recipients")]
)
def test_recipient_cannot_take_over(
    is_asked: bool, as_alice: Api, share_link: ShareLink, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_asked:
        monkeypatch.setattr(Viewpoint, "require_giver", lambda viewpoint: viewpoint)
        monkeypatch.setattr(taking_over, "require_giver_access", lambda giver, wishlist: None)
    answer = take_over(as_alice, share_link, own)
    if is_asked:
        assert answer.status_code == 403
        assert Reservation.objects.get().guest is not None
    else:
        assert Reservation.objects.get().guest is None


def test_new_recipient_cannot_take_over(as_bob: Api, share_link: ShareLink, own: str, bob: User) -> None:
    Member.objects.filter(user=bob).update(is_recipient=True)
    assert take_over(as_bob, share_link, own).status_code == 403


def test_account_and_manage_token_are_required(
    anybody: Api, as_charlie: Api, share_link: ShareLink, own: str
) -> None:
    assert take_over(anybody, share_link, own).status_code == 401
    assert refused(take_over(as_charlie, share_link, "")) == (400, "manage_token_required")
    assert refused(take_over(as_charlie, share_link, "x" * 43)) == (403, "no_such_guest")


def test_private_page_offers_taking_over(share_link: ShareLink, own: str, charlie: User, alice: User) -> None:
    browser = client_of(charlie)
    assert "Move to my account" in browser.get(f"/g/{own}").text
    answer = browser.post(f"/g/{own}/take-over", follow=True)
    assert "Your gifts were moved to your account" in answer.text
    assert "Move to my account" not in browser.get(f"/g/{own}").text
    assert "Kettle" in browser.get("/gifts").text
    for other in (Client(), client_of(alice)):
        assert "Move to my account" not in other.get(f"/g/{own}").text
        other.post(f"/g/{own}/take-over")
    assert Reservation.objects.get().user == charlie


def test_share_page_links_to_the_private_page_after_log_in(
    share: str, item: Item, charlie: User, alice: User
) -> None:
    browser = Client()
    browser.post(f"{share}/items/{item.pk}", {"action": "reserve", "name": "Charlie"})
    browser.force_login(alice)
    assert "Move these gifts to your account" not in browser.get(share).text
    browser.force_login(charlie)
    page = browser.get(share).text
    assert "Before you logged in, you took part in this browser as Charlie." in page
    own = manage_token(Guest.objects.get())
    assert f"/g/{own}" in page
    browser.post(f"/g/{own}/take-over")
    assert "Move these gifts to your account" not in browser.get(share).text
