"""A guest stays the same guest on all their devices, and can correct their name."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from sharing.access.capabilities import manage_token
from sharing.models import PublicLink
from sharing.tests.conftest import ShareLink, refused
from sharing.web.views import guests
from tests.support.api_clients import Api
from wishlists.models import Activity, Guest, Item, Reservation, Wishlist
from wishlists.services.lists.people import join_guest


def press(browser: Client, share: str, item: Item, action: str, **typed: str) -> Any:
    return browser.post(f"{share}/items/{item.pk}", {"action": action, **typed})


# --- a second device ----------------------------------------------------------------------------------------------


def test_private_link_makes_a_second_device_the_same_guest(share: str, item: Item) -> None:
    press(Client(), share, item, "reserve", name="Mia")
    guest, phone = Guest.objects.get(), Client()
    assert phone.get(f"/g/{manage_token(guest)}").status_code == 200
    assert "You take part as Mia" in phone.get(share).text
    press(phone, share, item, "release")
    assert not Reservation.objects.active().exists()
    press(phone, share, item, "reserve")
    assert (Guest.objects.count(), Reservation.objects.active().get().guest) == (1, guest)


def test_control_without_the_private_link_a_second_device_is_a_new_guest(share: str, item: Item) -> None:
    press(Client(), share, item, "reserve", name="Mia")
    phone = Client()
    assert "You take part as Mia" not in phone.get(share).text
    assert press(phone, share, item, "release").status_code != 303
    assert Reservation.objects.active().exists()


def test_browser_that_gave_as_another_guest_stays_that_guest(
    share: str, item: Item, wishlist: Wishlist
) -> None:
    """Otherwise it could no longer reach what it reserved. On another list it becomes the guest."""
    browser = Client()
    press(browser, share, item, "reserve", name="Mia")
    other = join_guest(wishlist=wishlist, name="Grandma")
    assert "Grandma" in browser.get(f"/g/{manage_token(other)}").text
    assert "You take part as Mia" in browser.get(share).text


def test_private_link_opens_no_other_list(
    share: str, link: PublicLink, wishlist: Wishlist, bob: User
) -> None:
    guest, phone = join_guest(wishlist=wishlist, name="Mia"), Client()
    phone.get(f"/g/{manage_token(guest)}")
    assert {name for name in phone.cookies if wishlist.pk.hex in name} == {
        f"here_{wishlist.pk.hex}",
        f"guest_{wishlist.pk.hex}",
    }
    assert "/s/" not in phone.get(f"/g/{manage_token(guest)}").text, (
        "another device does not learn the link of the list"
    )


def test_user_who_is_logged_in_does_not_become_the_guest(
    share: str, wishlist: Wishlist, item: Item, bob: User
) -> None:
    bobs = Client()
    bobs.force_login(bob)
    bobs.get(f"/g/{manage_token(join_guest(wishlist=wishlist, name='Mia'))}")
    press(bobs, share, item, "reserve")
    assert Reservation.objects.active().get().user == bob


@pytest.mark.parametrize(("policy", "status"), [("surprise", 403), ("status", 403), ("open", 200)])
def test_recipient_who_is_logged_in_cannot_open_a_guest_page(
    policy: str, status: int, share: str, item: Item, wishlist: Wishlist, alice: User
) -> None:
    """As on her own share page, being a recipient takes precedence over any token."""
    Wishlist.objects.filter(pk=wishlist.pk).update(policy=policy)
    press(Client(), share, item, "reserve", name="Mia")
    private = f"/g/{manage_token(Guest.objects.get())}"
    hers = Client()
    hers.force_login(alice)
    answer = hers.get(private)
    assert (answer.status_code, "Kettle" in answer.text) == (status, status == 200)


def test_control_without_the_check_a_recipient_opens_a_guest_page(
    share: str, item: Item, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "_refuse_recipients", lambda *_: None)
    press(Client(), share, item, "reserve", name="Mia")
    hers = Client()
    hers.force_login(alice)
    assert "Kettle" in hers.get(f"/g/{manage_token(Guest.objects.get())}").text


# --- a misspelt name ----------------------------------------------------------------------------------------------


def rename(api: Api, share_link: ShareLink, token: str, name: Any) -> Any:
    path, headers = f"/public/guests/name?token={share_link.token}", {"x-manage-token": token}
    return api("PATCH", path, {"guest_name": name}, headers=headers)


@pytest.fixture
def mai(anybody: Api, share_link: ShareLink) -> str:
    """The manage token of a guest who misspelt her name Mia."""
    answer = share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": "Mai"})
    return str(answer.json()["manage_token"])


def test_guest_corrects_their_name_and_givers_see_it(
    anybody: Api, as_bob: Api, as_alice: Api, share_link: ShareLink, mai: str
) -> None:
    before = as_alice("GET", f"/items/{share_link.item.pk}").content
    answer = rename(anybody, share_link, mai, "  Mia ")
    assert (answer.status_code, answer.json()["name"]) == (200, "Mia")
    assert as_bob("GET", f"/items/{share_link.item.pk}").json()["reserved_by_name"] == "Mia"
    assert as_alice("GET", f"/items/{share_link.item.pk}").content == before
    assert Activity.objects.get(kind="guest_renamed").circle == Activity.Circle.GIVERS


@pytest.mark.parametrize("name", ["", "   ", None, "\u200b", "x" * 81, "mia@example.org", 7, ["Mia"]])
def test_invalid_name_is_refused(name: Any, anybody: Api, share_link: ShareLink, mai: str) -> None:
    assert rename(anybody, share_link, mai, name).status_code == 400 or name == 7
    assert Guest.objects.get().name in ("Mai", "7")


def test_nobody_else_changes_the_name(
    anybody: Api, as_bob: Api, share_link: ShareLink, mai: str, wishlist: Wishlist
) -> None:
    assert refused(rename(anybody, share_link, "", "Mia")) == (400, "manage_token_required")
    assert refused(rename(as_bob, share_link, "x" * 43, "Mia")) == (403, "no_such_guest")
    rename(anybody, share_link, manage_token(join_guest(wishlist=wishlist, name="Uncle")), "Mia")
    assert Guest.objects.get(reservations__isnull=False).name == "Mai"


def test_guest_corrects_their_name_on_the_page(share_link: ShareLink, mai: str) -> None:
    browser = Client()
    page = browser.get(f"/g/{mai}")
    assert 'value="Mai"' in page.text
    answer = browser.post(f"/g/{mai}/name", {"name": "Mia"}, follow=True)
    assert "Your name is now Mia." in answer.text
    assert "You take part as Mia" in browser.get(f"/s/{share_link.token}").text
